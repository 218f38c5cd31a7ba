"""Who works here: invited, changed, signed out, gone and back again."""

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.owning.locations import MOVED_ON
from clinic.owning.rules import (
    NotAllowed,
    check_looked_after,
    check_manages,
    check_manages_all,
    hold,
    places_elsewhere,
)
from clinic.owning.words import newest, of_person, write_down
from clinic.sign_in import emails
from clinic.sign_in.handing_over import sign_out
from clinic.staff.changes import ClinicChange
from clinic.staff.models import Location, OnCall, User
from clinic.staff.permissions import MANAGE_ACCOUNTS, Role
from clinic.staff.signing_in import HandedOverCode

What = ClinicChange.What


@transaction.atomic
def invite(values: dict[str, Any], locations: Collection[Location], *, by: User | None) -> User:
    """Make an account without a password, and mail the link to choose one.

    A second step takes a code besides. `by` is None for somebody at the server, who hands out the link themselves.
    """
    if by is not None:
        _check_places(by, locations, needed=True)
    person = User.objects.create_user(password=None, **values)
    person.locations.set(locations)
    made = write_down(What.PERSON_MADE, person=person, before={}, after=of_person(person), by=by)
    if by is not None:
        emails.invited(person)
        if person.role == Role.MANAGER:
            emails.tell_managers(person, made, locations)
    return person


@transaction.atomic
def invite_again(person: User, *, by: User) -> None:
    """Mail the link once more to somebody who has not chosen a password."""
    person = _held(person, by)
    if person.has_usable_password() or not person.is_active:
        raise NotAllowed(f"{person} has chosen a password, or has left.")
    emails.invited(person)
    ClinicChange.objects.create(what=What.INVITED_AGAIN, person=person, by=by)


@transaction.atomic
def change_person(person: User, values: dict[str, Any], locations: Collection[Location], *, saw: int, by: User) -> User:
    """Change somebody's account.

    Of their locations only those that `by` manages change; somebody who works elsewhere too may lose all of these.
    Nobody changes their own role or locations: a second manager does. Both addresses hear of another address, and the
    managers of other locations of whatever changed: it holds there too, or they have one colleague less in common.
    """
    person = _held(person, by)
    if saw != newest(person=person):
        raise NotAllowed(MOVED_ON)
    before, had, address = of_person(person), set(person.locations.all()), person.email
    elsewhere = had - set(by.locations.all())
    have = elsewhere | set(locations)
    _check_places(by, locations, needed=not elsewhere)
    role_is_new = values["role"] != person.role
    if person == by and (role_is_new or have != had):
        raise NotAllowed("Ask another manager to change your own role or locations.")
    if role_is_new or values.get("email", address) != address:
        check_manages_all(by, person)
    hold(had | have)
    check_looked_after(person, had if role_is_new else had - have)
    for name, value in values.items():
        setattr(person, name, value)
    person.save(update_fields=list(values))
    person.locations.set(have)
    done = write_down(What.PERSON_CHANGED, person=person, before=before, after=of_person(person), by=by)
    if done:
        _tell(person, address)
        becomes_one = role_is_new and person.role == Role.MANAGER
        emails.tell_managers(person, done, have if becomes_one else elsewhere)
    return person


def _tell(person: User, address: str) -> None:
    """Write to somebody whose account was changed, and to the address it had before."""
    if person.email != address:
        EmailAddress.objects.filter(user=person).delete()  # nobody signs in by an address they had
        emails.account_changed(person, to=address)
    if person.has_usable_password():
        emails.account_changed(person, to=person.email)
    else:
        emails.invited(person)


@transaction.atomic
def sign_out_everywhere(person: User, *, by: User) -> None:
    """End whatever this person has open, such as on a laptop that is lost. Managers elsewhere hear."""
    person = _held(person, by)
    sign_out(person)
    done = ClinicChange.objects.create(what=What.SIGNED_OUT, person=person, by=by)
    emails.tell_managers(person, done, places_elsewhere(by, person))


@transaction.atomic
def close_account(person: User, *, by: User, words: str = "") -> User:
    """End the account of somebody who leaves, and what is open by it.

    Any of their managers may, so that nobody stays who must go at once; those of other locations hear of it.
    Their times on call end. What they carry is given to colleagues first, by `referrals.leaving`; the rest comes
    back by itself.
    """
    if person == by:
        raise NotAllowed("Nobody closes their own account: ask another manager.")
    person = _held(person, by)
    if not person.is_active:
        raise NotAllowed(f"{person} has left already.")
    places = list(person.locations.all())
    hold(places)
    check_looked_after(person, places)
    before = of_person(person)
    now = timezone.now()
    OnCall.objects.ahead(now).filter(person=person).update(taken_off_by=by, taken_off_at=now)
    person.is_active = False
    person.save(update_fields=["is_active"])
    HandedOverCode.objects.filter(user=person).delete()
    sign_out(person)
    left = write_down(What.LEFT, person=person, before=before, after=of_person(person), by=by, words=words)
    emails.tell_managers(person, left, places_elsewhere(by, person))
    return person


@transaction.atomic
def take_back(person: User, *, by: User) -> User:
    """Open the account of somebody who came back.

    They choose a new password, and set up a second step anew.
    """
    person = _held(person, by)
    if person.is_active:
        raise NotAllowed(f"{person} works here.")
    before = of_person(person)
    person.is_active = True
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    Authenticator.objects.filter(user=person).delete()
    back = write_down(What.CAME_BACK, person=person, before=before, after=of_person(person), by=by)
    emails.tell_managers(
        person, back, person.locations.all() if person.role == Role.MANAGER else places_elsewhere(by, person)
    )
    emails.invited(person)
    return person


def _held(person: User, by: User) -> User:
    """Return the row itself, held until the transaction ends, to who manages it.

    It is held without its key: a change names who made it, and of two managers who each take the other away neither
    may wait for the other's name.
    """
    check_manages(by, person)
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _check_places(by: User, locations: Collection[Location], *, needed: bool) -> None:
    own = set(by.locations.all())
    if not (by.may(MANAGE_ACCOUNTS) and (locations or not needed) and own.issuperset(locations)):
        raise PermissionDenied
