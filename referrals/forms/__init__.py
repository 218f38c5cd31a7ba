"""Forms of the directory, of the desk and of the specialist's office."""
