"""Sealing what only this clinic may read, with FIELD_KEYS."""

from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@cache
def _keys() -> MultiFernet:
    """Return the keys: the newest seals, every one opens.

    So keys are changed by putting a new one first.
    """
    return MultiFernet([Fernet(key.strip()) for key in settings.FIELD_KEYS])


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the text. Raises InvalidToken when no key of ours fits."""
    return _keys().decrypt(sealed.encode()).decode()
