"""Any patient of the clinic: found by whoever has a name, a birth date or a phone number, with everything on file."""
