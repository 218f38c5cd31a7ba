"""The therapist's room: cases, clocks, queue, decisions, second looks."""
