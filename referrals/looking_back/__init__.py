"""Whoever has to answer who saw, changed, handed out or sent what, who signed in, and who was refused."""
