"""Forms of the account pages that must not tell known people from unknown ones, or let somebody guess."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm
from allauth.core import context
from django.http import HttpRequest

from clinic.audit.actions import account_event
from clinic.sign_in import devices, resets, tries
from clinic.staff.signing_in import SignInTry
from clinic.web.network import address_of


class PasswordForm(LoginForm):
    """Leaves the way to a new password to the page, which shows it below the button: nobody comes to it first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ForgottenPasswordForm(ResetPasswordForm):
    """Writes down what was typed and looks nobody up."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        resets.ask(self.cleaned_data["email"], address_of(request))
        return self.cleaned_data["email"]


class NewPasswordForm(ChangePasswordForm):
    """Counts wrong passwords of a session somebody else may have got hold of, like those of the sign-in page."""

    def clean_oldpassword(self) -> str:
        request, account = context.request, self.user.email
        try:
            attempt = tries.begin(
                SignInTry.Step.PASSWORD, account, address_of(request), devices.device_key(request, account)
            )
        except tries.TooSoon as wait:
            raise get_adapter().too_soon(wait) from None
        if not self.user.check_password(self.cleaned_data["oldpassword"]):
            account_event(request.resolver_match.view_name, self.user, "wrong password", by=None)
            raise get_adapter().validation_error("enter_current_password")
        tries.take_back(attempt)
        return self.cleaned_data["oldpassword"]
