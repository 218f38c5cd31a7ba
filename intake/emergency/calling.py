"""Whom the clinic can call. An email address alone is enough to begin, and then no page may promise a call."""


def can_be_called(patient) -> bool:
    return bool(patient.phone)
