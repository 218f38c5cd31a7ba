"""Visits at the clinic: asked for, booked, moved, off, and calls to make."""
