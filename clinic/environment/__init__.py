"""What a clinic sets: each value looked at before anything starts, and keys for a machine that was given none."""
