"""Who saw and changed what: rows that only grow, and the seal that shows when one was taken away."""
