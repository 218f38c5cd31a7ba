"""How somebody is doing 2, 6 and 12 weeks later."""
