"""From a patient's answers to a therapist's decision."""
