"""The letter to an office: what it says, in which words, and its PDF."""
