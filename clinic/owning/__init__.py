"""The manager who owns the clinic: its first hour, its locations, who works there, and every change of them."""
