"""What patients send beside answers: taken in, checked, kept, given out."""
