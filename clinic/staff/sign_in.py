"""How staff sign in: no public sign-up, and second-factor secrets encrypted at rest."""

import time
from functools import cache

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@cache
def _keys() -> MultiFernet:
    """The newest key encrypts; every key decrypts, so keys are changed by putting a new one first."""
    return MultiFernet([Fernet(key.strip()) for key in settings.FIELD_KEYS])


class StaffAccountAdapter(DefaultAccountAdapter):
    JUST_SIGNED_IN = 300  # seconds

    def is_open_for_signup(self, request):
        return False

    def is_reauthentication_required(self, *, app, **kwargs):
        """Who has just signed in need not do it again to set up the second step and see its recovery codes."""
        just_in = time.time() - self.request.session.get("began_at", 0) < self.JUST_SIGNED_IN
        return not just_in and super().is_reauthentication_required(app=app, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()
