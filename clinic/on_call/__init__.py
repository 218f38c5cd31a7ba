"""Who is on call: the list of each location, every change of it, and whether the person changed knows."""
