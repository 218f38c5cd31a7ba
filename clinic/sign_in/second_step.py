"""The forms of the second step. Limits and spent codes are in the database: signing in needs no cache."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    get_totp_secret,
    hotp_value,
    validate_totp_code,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.audit.actions import account_event
from clinic.contact.phones import plain
from clinic.sign_in import devices, handing_over, tries
from clinic.staff.models import User
from clinic.staff.signing_in import SignInTry, SpentCode
from clinic.web.network import address_of


def plain_code(typed: str) -> str:
    """Return the letters and digits of a code, without the spaces, dashes and unseen signs it was copied with."""
    return "".join(sign for sign in plain(typed) if sign.isalnum())


def authenticator_for(user: User, code: str) -> Authenticator | None:
    """Return what this code opens, an app or a recovery code, or None. A code opens once."""
    own = {found.type: found for found in Authenticator.objects.filter(user=user)}
    app = own.get(Authenticator.Type.TOTP)
    if app and _spends(user, decrypt(app.data["secret"]), code):
        return app
    codes = own.get(Authenticator.Type.RECOVERY_CODES)
    if codes and codes.wrap().validate_code(plain_code(code)):
        return codes
    return None


def _spends(user: User, secret: str, code: str) -> bool:
    typed = plain_code(code)
    for counter in yield_hotp_counters_from_time():
        if typed == format_hotp_value(hotp_value(secret, counter)):
            return _spend(user, counter)
    return False


def _spend(user: User, counter: int) -> bool:
    """Whether this is the first use of the code of that half minute."""
    try:
        with transaction.atomic():
            SpentCode.objects.create(user=user, counter=counter)
    except IntegrityError:
        return False
    return True


@contextmanager
def _counted(user: User) -> Iterator[None]:
    """Count what happens inside as a wrong code unless it ends well. Raises ValidationError in words for the page."""
    request = context.request
    try:
        attempt = tries.begin(
            SignInTry.Step.CODE, user.email, address_of(request), devices.device_key(request, user.email)
        )
    except tries.TooSoon as wait:
        raise get_account_adapter().too_soon(wait) from None
    yield
    tries.take_back(attempt)


def checked(user: User, code: str) -> Authenticator:
    """Return what the code opens. Raises ValidationError in words for the page, and counts the try."""
    with _counted(user):
        found = authenticator_for(user, code)
        if found is None:
            error = "spent_code" if _was_spent(user, code) else "incorrect_code"
            raise _wrong(user, "wrong code", error)
    return found


def _was_spent(user: User, code: str) -> bool:
    """Say whether this code of their own app opened something already.

    It counts as a try all the same.
    """
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if app is None:
        return False
    secret, typed = decrypt(app.data["secret"]), plain_code(code)
    fits = [one for one in yield_hotp_counters_from_time() if typed == format_hotp_value(hotp_value(secret, one))]
    return SpentCode.objects.filter(user=user, counter__in=fits).exists()


def _wrong(user: User, what: str, error: str) -> ValidationError:
    account_event(context.request.resolver_match.view_name, user, what, by=None)
    return get_adapter().validation_error(error)


class _OneCode:
    """In place of allauth's own look at the code, which counts in the cache."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:  # a mistake has the focus instead
            self.fields["code"].widget.attrs["autofocus"] = True

    def clean_code(self) -> str:
        self.authenticator = checked(self.user, self.cleaned_data["code"])
        self.authenticator.user = self.user
        return self.cleaned_data["code"]


class SecondStepForm(_OneCode, AuthenticateForm):
    pass


class ConfirmForm(_OneCode, ReauthenticateForm):
    pass


HANDED_OVER = "Code from your manager"


class SetUpForm(ActivateTOTPForm):
    """The first second step of an account: the password alone does not set it up."""

    handed_over = forms.CharField(
        label=HANDED_OVER,
        max_length=40,
        help_text="A manager makes it for you on the page Staff and gives it to you in person.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    field_order = ["code", "handed_over"]

    def clean_code(self) -> str:
        self.cleaned_data["code"] = plain_code(self.cleaned_data["code"])
        return super().clean_code()

    def clean(self) -> dict[str, str]:
        """The handed-over code is used up last, when nothing else is wrong."""
        given = super().clean()
        if self.errors:
            return given
        try:
            with _counted(self.user):
                if not handing_over.spends(self.user, given["handed_over"]):
                    raise _wrong(self.user, "wrong handed code", "incorrect_code")
        except forms.ValidationError as error:
            self.add_error("handed_over", error)
        return given


class ReplaceForm(forms.Form):
    """Another app: a code of the new one, and a code that works now."""

    code = forms.CharField(label="6 digits of the new app", max_length=20)
    current = forms.CharField(label="6 digits of the app you use now, or a recovery code", max_length=40)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = get_totp_secret(regenerate=not self.is_bound)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric"}

    def clean_code(self) -> str:
        if not validate_totp_code(self.secret, plain_code(self.cleaned_data["code"])):
            raise get_adapter().validation_error("incorrect_code")
        return self.cleaned_data["code"]

    def clean(self) -> dict[str, str]:
        """The code that works now is spent last, when nothing else is wrong."""
        given = super().clean()
        if self.errors:
            return given
        try:
            self.authenticator = checked(self.user, given["current"])
        except forms.ValidationError as error:
            self.add_error("current", error)
        return given


def drawn(user: User, form: ReplaceForm) -> str:
    """The picture an authenticator app scans."""
    adapter = get_adapter()
    return adapter.build_totp_svg(adapter.build_totp_url(user, form.secret))
