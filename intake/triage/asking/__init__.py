"""What to ask a patient: the pages of the form and what comes next, which questions can still change something, and
which of them screen for danger.
"""
