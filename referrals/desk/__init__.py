"""The desk carries a referral: list, next steps, sending, reports."""
