"""The front desk's pages about patients: requests, lines to do, details."""
