"""The front desk's pages about patients: requests, invitations, details."""
