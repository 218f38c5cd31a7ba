"""What patients sign: the documents, signatures, and copies of both."""
