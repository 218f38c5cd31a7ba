"""For whoever keeps the product running: what the beat wakes, whether all is well, what the log says."""
