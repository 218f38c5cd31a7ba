"""Patients who come back: got worse, something new, invited again."""
