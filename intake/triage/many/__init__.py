"""Many intakes at once: answers as a few bytes, a block of them decided in planes, and what a changed protocol would
have said of those already judged. Planes and replay need NumPy, which a web process never loads.
"""
