"""Which protocol runs: stored versions, assessments, short codes, replaying."""
