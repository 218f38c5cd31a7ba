"""A therapist who will be away, or their manager, gives open cases to a colleague of the same location."""
