"""Who works here: locations with their hours, the people, their roles, and what each role may."""
