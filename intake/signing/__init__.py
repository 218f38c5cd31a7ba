"""What patients sign: documents, signatures, and copies of both."""
