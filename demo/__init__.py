"""A believable clinic of invented people, and everything that runs it on one machine."""
