"""Names and phone numbers as people type them."""
