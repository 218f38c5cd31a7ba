"""What staff typed and did not get to send: sealed, for the same person alone, and for three days."""
