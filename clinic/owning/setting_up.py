"""The first hour: the first location and its manager, made together or not at all, and only once."""

from dataclasses import dataclass

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import connection, transaction

from clinic.owning.location_form import LocationForm
from clinic.owning.locations import make_location
from clinic.owning.people import invite
from clinic.owning.person_form import NameForm
from clinic.owning.rules import NotAllowed
from clinic.sign_in.emails import link_to_choose_a_password
from clinic.sign_in.handing_over import hand_over
from clinic.staff.models import Location, User
from clinic.staff.permissions import Role

ONE_AT_A_TIME = 7_501_003  # any number nobody else locks in this database
PAGE = "setup_clinic"  # in the access log


@dataclass(frozen=True)
class Ready:
    """What there is now.

    `link` and `code` are what the manager still needs to get in; shown once, kept nowhere.
    """

    location: Location
    manager: User
    made: bool
    link: str = ""
    code: str = ""


def standing() -> Location | None:
    """Return the first location, once there is one."""
    return Location.objects.order_by("pk").first()


@transaction.atomic
def set_up(location: LocationForm, manager: NameForm) -> Ready:
    """Make both from forms that are valid."""
    _one_at_a_time()
    if here := standing():
        raise NotAllowed(f"This clinic has a location already, {here}. Run it again to see what is missing.")
    place = make_location(location.values(), by=None)
    person = invite({**manager.cleaned_data, "role": Role.MANAGER}, [place], by=None)
    return _let_in(place, person, made=True)


@transaction.atomic
def look_again() -> Ready:
    """Change nothing of a clinic that is set up, but let in its first manager."""
    _one_at_a_time()
    place = standing()
    managers = User.objects.filter(role=Role.MANAGER, is_active=True).order_by("pk")
    if place is None or not managers:
        raise NotAllowed("There is a location and nobody who manages it. Restore the last backup.")
    return _let_in(place, managers[0], made=False)


def _let_in(place: Location, person: User, *, made: bool) -> Ready:
    link = "" if person.has_usable_password() else link_to_choose_a_password(person)
    code = "" if is_mfa_enabled(person) else hand_over(person, by=None, page=PAGE)
    return Ready(place, person, made, link, code)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def wrong_organization(named: str) -> str:
    """Say what is wrong with the organization of a setup file, or ""."""
    if not named or named == settings.ORGANIZATION:
        return ""
    return f"organization: the setting ORGANIZATION says {settings.ORGANIZATION!r}. Change one of them."
