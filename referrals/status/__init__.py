"""How things stand, on a page of the patient's own."""
