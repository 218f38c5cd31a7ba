"""What staff are written about their own account."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from clinic.messages import actions as messages
from clinic.messages.facts import moment
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToAColleague, write_to
from clinic.staff.changes import ClinicChange
from clinic.staff.models import Location, User
from clinic.staff.permissions import Role

MOST_AN_HOUR = 3
TOO_LATE = timedelta(hours=1)
MOST_TOLD = 999  # a mail holds no larger number


def password_reset(user: User) -> Message | None:
    """The link to choose a new password; at most three times an hour."""
    asked = Message.objects.about("user", user.public_id).filter(kind="password_reset")
    if asked.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        return None
    return messages.schedule(
        "password_reset",
        key=f"password_reset:{user.public_id}:{asked.count() + 1}",
        to=user.email,
        language="en",
        subject_type="user",
        subject_id=user.public_id,
        location=user.locations.first(),
    )


@kind("password_reset", title="New password for staff", audience="staff", safe=("link",), routine=False)
class PasswordReset:
    """The link is made when the mail is, so that no row holds it."""

    @staticmethod
    def still_needed(message: Message) -> str:
        if not User.objects.filter(public_id=message.subject_id, email=message.recipient, is_active=True).exists():
            return "This person no longer has an account with this address."
        return "It was asked for too long ago." if timezone.now() - message.created_at > TOO_LATE else ""

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": link_to_choose_a_password(User.objects.get(public_id=message.subject_id))}


def link_to_choose_a_password(user: User) -> str:
    """Return an address that works once, for `settings.PASSWORD_RESET_TIMEOUT`."""
    parts = {
        "uidb36": user_pk_to_url_str(user),
        "key": app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user),
    }
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=parts)


def new_device(user: User) -> Message:
    """Somebody signed in as this person on a device that was not used before."""
    return _about_the_account("new_device", user, facts={"happened_at": _now(user)})


def wrong_sign_ins(user: User, *, times: int, networks: int) -> Message:
    """Many wrong passwords or codes were tried for this person's account."""
    facts = {"times": min(times, MOST_TOLD), "networks": min(networks, MOST_TOLD)}
    return _about_the_account("wrong_sign_ins", user, facts=facts)


def password_changed(user: User) -> Message:
    """This person's password is another one."""
    return _about_the_account("password_changed", user, facts={"happened_at": _now(user)})


def second_step_changed(user: User) -> Message:
    """This person's second step was set up, replaced, or ended by a code that was handed over."""
    return _about_the_account("second_step_changed", user, facts={"happened_at": _now(user)})


def invited(user: User) -> Message:
    """Mail the link to choose a password to somebody a manager let in."""
    return _about_the_account("staff_invited", user)


def account_changed(user: User, *, to: str) -> Message:
    """Tell somebody that a manager changed their account, at the address `to`."""
    return _about_the_account("account_changed", user, to=to, facts={"happened_at": _now(user)})


def colleague_changed(manager: User, person: User, change: ClinicChange, *, at: Location) -> Message:
    """Tell a manager of what another changed that holds at their location too."""
    facts = {"happened_at": moment(change.at, at.zone.key)}
    about = ("user", person.public_id)
    return write_to(manager, "colleague_changed", change.pk, location=at, about=about, facts=facts)


def tell_managers(person: User, change: ClinicChange | None, places: Collection[Location]) -> None:
    """Tell the managers of these locations, but for whoever did it; nobody where nothing changed."""
    if change is None:
        return
    for place in places:
        for manager in User.objects.managers_at(place).exclude(pk__in=[change.by_id, person.pk]):
            colleague_changed(manager, person, change, at=place)


def _about_the_account(name: str, user: User, *, to: str = "", facts: dict[str, Any] | None = None) -> Message:
    before = Message.objects.about("user", user.public_id).filter(kind=name).count()
    return messages.schedule(
        name,
        key=f"{name}:{user.public_id}:{before + 1}",
        to=to or user.email,
        language="en",
        subject_type="user",
        subject_id=user.public_id,
        location=user.locations.first(),
        facts=facts,
    )


def _now(user: User) -> str:
    location = user.locations.first()
    return moment(timezone.now(), location.zone.key if location else settings.TIME_ZONE)


class _AboutTheAccount:
    """It goes to the address the account has when it goes, as long as there is one."""

    @staticmethod
    def still_needed(message: Message) -> str:
        here = User.objects.filter(public_id=message.subject_id, is_active=True).exists()
        return "" if here else "This person no longer has an account."

    @staticmethod
    def recipient(message: Message) -> str:
        return User.objects.get(public_id=message.subject_id).email


@kind("new_device", title="Signed in on a new device", audience="staff", safe=("happened_at",), routine=False)
class NewDevice(_AboutTheAccount):
    pass


@kind("wrong_sign_ins", title="Wrong sign-ins", audience="staff", safe=("times", "networks"), routine=False)
class WrongSignIns(_AboutTheAccount):
    pass


@kind("password_changed", title="Password changed", audience="staff", safe=("happened_at",), routine=False)
class PasswordChanged(_AboutTheAccount):
    pass


@kind("second_step_changed", title="Second step changed", audience="staff", safe=("happened_at",), routine=False)
class SecondStepChanged(_AboutTheAccount):
    pass


@kind("staff_invited", title="Invited to work here", audience="staff", safe=("location", "link"), routine=False)
class StaffInvited(_AboutTheAccount):
    """The link is made when the mail is, so that no row holds it."""

    @staticmethod
    def still_needed(message: Message) -> str:
        user = User.objects.filter(public_id=message.subject_id, is_active=True).first()
        if user is None:
            return "This person no longer has an account."
        return "They have chosen a password." if user.has_usable_password() else ""

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": link_to_choose_a_password(User.objects.get(public_id=message.subject_id))}


@kind("account_changed", title="Account changed", audience="staff", safe=("happened_at",), routine=False)
class AccountChanged:
    """It goes to the address it was written to: after a change of address, to both."""

    still_needed = _AboutTheAccount.still_needed


@kind(
    "colleague_changed",
    title="Colleague changed by another manager",
    audience="staff",
    safe=("location", "happened_at", "link"),
    routine=False,
)
class ColleagueChanged(ToAColleague):
    """It names nobody.

    What it was, of whom and by whom stands on the page it leads to.
    """

    @classmethod
    def still_needed(cls, message: Message) -> str:
        reader = cls.reader(message)
        still = reader and reader.is_active and reader.role == Role.MANAGER
        return "" if still else "This person manages nothing here any more."

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": settings.SITE_URL + reverse("clinic_changes")}
