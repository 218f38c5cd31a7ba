"""The listings of offices: added, changed, ranked for a patient."""
