"""Tests say who, what and why."""
