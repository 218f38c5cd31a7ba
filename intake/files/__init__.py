"""What patients send beside their answers: taken in, checked, kept and given out."""
