"""Which protocol runs: stored versions, assessments kept up to date, the short code of an intake, and replaying."""
