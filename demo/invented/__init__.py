"""The invented clinic: its house, its people, and what happened to them until today."""
