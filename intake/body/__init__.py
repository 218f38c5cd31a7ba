"""The drawing of a person: where patients mark what hurts, and what therapists and specialists see of it."""
