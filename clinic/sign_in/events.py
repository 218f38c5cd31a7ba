"""What allauth tells of an account: a row of the access log and a mail to the person."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_reset
from django.dispatch import receiver
from django.http import HttpRequest

from clinic.audit.actions import account_event
from clinic.sign_in import emails, tries
from clinic.staff.models import User


@receiver([password_changed, password_reset, password_set])
def password_is_new(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    account_event(request.resolver_match.view_name, user, "password changed")
    emails.password_changed(user)


@receiver(password_changed)
def who_knew_the_old_password_types_no_more_codes(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """Begin to count codes anew, but not after a reset by mail.

    Whoever reads that mailbox would get new codes with each.
    """
    tries.forget_codes(user.email)


@receiver(authenticator_added)
def second_step_is_set_up(sender: Any, request: HttpRequest, user: User, authenticator: Any, **more: Any) -> None:
    if authenticator.type != Authenticator.Type.TOTP:
        return  # recovery codes come with the app
    account_event(request.resolver_match.view_name, user, "second step set up")
    emails.second_step_changed(user)


@receiver(authenticator_reset)
def recovery_codes_are_new(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    account_event(request.resolver_match.view_name, user, "new recovery codes")
    emails.second_step_changed(user)
