"""Forms of the patient's pages. Wording and layout; what may be saved is decided by the actions."""
