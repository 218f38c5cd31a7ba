"""Whoever works today: what there is to do, on a page to print and in a mail of the morning."""
