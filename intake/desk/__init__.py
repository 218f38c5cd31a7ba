"""The front desk's pages about patients: requests, invitations, whose details are whose."""
