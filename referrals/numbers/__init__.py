"""A manager reads how long referrals took, how they ended, and what was promised and kept; no patient is named."""
