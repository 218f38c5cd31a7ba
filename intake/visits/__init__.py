"""Visits at the clinic: asked for, booked, moved, off, and the calls where no mail tells in time."""
