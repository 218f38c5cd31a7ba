"""Whom the clinic can call. An email address alone is enough to begin, and then no page may promise a call."""

from intake.models import Patient


def can_be_called(patient: Patient) -> bool:
    return bool(patient.phone)
