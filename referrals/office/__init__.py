"""What an office sees and answers, by a link and without an account."""
