"""What one patient's answers mean: the protocol compiled, the tier and its reasons, to whom the patient goes, and what
other answers would have changed.
"""
