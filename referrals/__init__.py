"""From a therapist's decision to the specialist's report."""
