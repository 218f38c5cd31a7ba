"""Staff invite patients to fill in a form, one by one or by a list, and see what became of each invitation."""
