"""Links in place of accounts: what a secret address opens, until when, and how often strangers may try."""
