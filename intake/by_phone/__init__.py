"""The therapist on the phone: what to ask, what to read out, and the answers keyed in."""
