"""The desk carries a referral: list, next steps, sending, reports; and what patients were promised."""
