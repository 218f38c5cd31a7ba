"""A colleague who leaves: what they carry goes to others, and their account closes, in one step by a manager."""
