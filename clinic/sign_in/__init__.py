"""Staff at the door: passwords, the second step, who handed over a code, and strangers who guess."""
