"""Staff at the door: passwords, the second step, pages that close, and strangers who guess."""
