"""From a therapist's decision to the specialist's report; across it patients, today, and who is told."""
