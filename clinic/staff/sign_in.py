"""How staff sign in: no public sign-up, and second-factor secrets encrypted at rest."""

import logging
import time
from functools import cache

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from clinic.staff import emails

log = logging.getLogger(__name__)


@cache
def _keys() -> MultiFernet:
    """The newest key encrypts; every key decrypts, so keys are changed by putting a new one first."""
    return MultiFernet([Fernet(key.strip()) for key in settings.FIELD_KEYS])


class StaffAccountAdapter(DefaultAccountAdapter):
    JUST_SIGNED_IN = 300  # seconds

    def is_open_for_signup(self, request):
        return False

    def send_password_reset_mail(self, user, email, context):
        emails.password_reset(user)

    def send_mail(self, template_prefix, email, context):
        """Mail leaves through the outbox only; what is no kind of message there is not sent."""
        log.warning("%s is no kind of message and was not sent.", template_prefix)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Who has just signed in need not do it again to set up the second step and see its recovery codes."""
        just_in = time.time() - self.request.session.get("began_at", 0) < self.JUST_SIGNED_IN
        return not just_in and super().is_reauthentication_required(app=app, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()
