"""The therapist's room: cases and their clocks, the queue, the case page, decisions, second looks, and who is told."""
