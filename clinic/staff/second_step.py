"""The forms of the second step. Limits and spent codes are in the database: signing in needs no cache."""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import IntegrityError, transaction

from clinic.audit.actions import account_event
from clinic.network import address_of
from clinic.staff import devices, tries
from clinic.staff.models import SignInTry, SpentCode


def authenticator_for(user, code: str) -> Authenticator | None:
    """Return what this code opens, an app or a recovery code, or None. A code opens once."""
    own = {found.type: found for found in Authenticator.objects.filter(user=user)}
    app = own.get(Authenticator.Type.TOTP)
    if app and _spends(user, decrypt(app.data["secret"]), code):
        return app
    codes = own.get(Authenticator.Type.RECOVERY_CODES)
    if codes and codes.wrap().validate_code(code):
        return codes
    return None


def _spends(user, secret: str, code: str) -> bool:
    typed = "".join(code.split())
    for counter in yield_hotp_counters_from_time():
        if typed == format_hotp_value(hotp_value(secret, counter)):
            return _spend(user, counter)
    return False


def _spend(user, counter: int) -> bool:
    """Whether this is the first use of the code of that half minute."""
    try:
        with transaction.atomic():
            SpentCode.objects.create(user=user, counter=counter)
    except IntegrityError:
        return False
    return True


def checked(user, code: str) -> Authenticator:
    """Return what the code opens. Raises ValidationError in words for the page, and counts the try."""
    request = context.request
    try:
        attempt = tries.begin(
            SignInTry.Step.CODE, user.email, address_of(request), devices.device_key(request, user.email)
        )
    except tries.TooSoon as wait:
        raise get_account_adapter().too_soon(wait) from None
    found = authenticator_for(user, code)
    if found is None:
        account_event(request, user, "wrong code", by=None)
        raise get_adapter().validation_error("incorrect_code")
    tries.take_back(attempt)
    return found


class _OneCode:
    """In place of allauth's own look at the code, which counts in the cache."""

    def clean_code(self) -> str:
        self.authenticator = checked(self.user, self.cleaned_data["code"])
        self.authenticator.user = self.user
        return self.cleaned_data["code"]


class SecondStepForm(_OneCode, AuthenticateForm):
    pass


class ConfirmForm(_OneCode, ReauthenticateForm):
    pass
