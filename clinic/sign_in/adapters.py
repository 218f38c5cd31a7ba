"""How staff sign in: no public sign-up, and second-factor secrets encrypted at rest."""

import logging
import time
from datetime import timedelta
from math import ceil
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.audit.actions import account_event
from clinic.environment.sealing import seal, unseal
from clinic.sign_in import devices, emails, tries
from clinic.sign_in.tries import TooSoon
from clinic.staff.models import User
from clinic.staff.signing_in import SignInTry
from clinic.web.network import address_of

log = logging.getLogger(__name__)


UNREADABLE = ValidationError(
    "Your second step cannot be read on this server. Tell your clinic manager; nothing of your account was changed.",
    code="unreadable",
)


class StaffAccountAdapter(DefaultAccountAdapter):
    JUST_SIGNED_IN = 300  # seconds

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Look at a password unless it comes too soon. The same is done for every name, known or not."""
        account = credentials.get("email", "")
        try:
            attempt = tries.begin(
                SignInTry.Step.PASSWORD, account, address_of(request), devices.device_key(request, account)
            )
        except tries.TooSoon as wait:
            raise self.too_soon(wait) from None
        user = super().authenticate(request, **credentials)
        if user:
            tries.take_back(attempt)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        named = User.objects.filter(email=credentials.get("email", "").lower()).first()
        account_event(request.resolver_match.view_name, named, "wrong password", by=None)

    def too_soon(self, wait: TooSoon) -> ValidationError:
        moment = "a second" if wait.seconds == 1 else f"{wait.seconds} seconds"
        if wait.seconds > 2 * tries.MINUTE:
            moment = f"{ceil(wait.seconds / 60)} minutes"
        return ValidationError(
            f"Many wrong tries were made here. Wait {moment}, then type it again and press the button.", code="too_soon"
        )

    def reauthenticate(self, user: User, password: str) -> bool:
        """With a second step a password is not enough to change it or to see recovery codes."""
        if is_mfa_enabled(user):
            raise ValidationError("Use a code of your authenticator app instead.", code="code_needed")
        return self.authenticate(context.request, email=user.email, password=password) == user

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [one for one in methods if one["id"] != "reauthenticate"] if is_mfa_enabled(user) else methods

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Who came in with a code is let in for good: this browser is known from now on."""
        response = super().post_login(request, user, **more)
        account_event(request.resolver_match.view_name, user, "signed in")
        if is_mfa_enabled(user):
            if not devices.device_key(request, user.email):
                emails.new_device(user)
            devices.remember(request, response, user.email)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail leaves through the outbox only; what is no kind of message there is not sent."""
        log.warning("%s is no kind of message and was not sent.", template_prefix)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for a fresh proof, but not of who has just signed in to set up their second step.

        Whoever has one proves it again: an open browser must not show the codes that replace it.
        """
        just_in = time.time() - self.request.session.get("began_at", 0) < self.JUST_SIGNED_IN
        return not (just_in and self._sets_up()) and super().is_reauthentication_required(app=app, **kwargs)

    def _sets_up(self) -> bool:
        """Tell whether the second step is missing, or was set up moments ago."""
        own = Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.TOTP).first()
        return own is None or timezone.now() - own.created_at < timedelta(seconds=self.JUST_SIGNED_IN)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "spent_code": "This code was used already. Wait until your phone shows the next one.",
    }

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """A second step is replaced (`replace_second_step`), never only removed."""
        return False

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Read a stored secret. With the key lost the page says so, and nothing else happens."""
        try:
            return unseal(encrypted_text)
        except InvalidToken:
            log.error("A second factor cannot be decrypted with FIELD_KEYS.")
            raise UNREADABLE from None
