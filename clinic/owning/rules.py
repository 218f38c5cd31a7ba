"""What a manager cannot take away: a location's last manager, its last therapist without a fallback, or themselves.

And what holds at other locations too: the role and the address of somebody who works at several.
"""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied

from clinic.staff.models import Location, User
from clinic.staff.permissions import MANAGE_ACCOUNTS, Role


class NotAllowed(Exception):
    """Nothing was changed; `words` say why, and what to do first."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def check_manages(by: User, person: User) -> None:
    """Refuse whoever manages no location where this person works or worked."""
    if not (by.may(MANAGE_ACCOUNTS) and person.locations.filter(pk__in=by.locations.values("pk")).exists()):
        raise PermissionDenied


def check_manages_all(by: User, person: User) -> None:
    """Refuse who manages only some of their locations, where somebody manages all.

    Whose address it is, and which role, opens patients of every location they work at. Who manages all of their own
    locations is such a somebody too. Where nobody manages all, any of their managers may, and those of the other
    locations hear of it.
    """
    elsewhere = places_elsewhere(by, person)
    if not elsewhere:
        return
    managers = User.objects.filter(is_active=True, role=Role.MANAGER)
    for place in person.locations.all():
        managers = managers.filter(locations=place)
    known = list(managers.order_by("name"))
    if not known:
        return
    there = " and ".join(place.name for place in elsewhere)
    if known == [person]:
        raise NotAllowed(
            f"{person} works at {there} too, and nobody else manages all of these. Ask them to change their address "
            "themselves. If their mailbox is lost, or their role must change, ask whoever runs the server."
        )
    names = " or ".join(one.name for one in known if one != person)
    raise NotAllowed(f"{person} works at {there} too. Ask {names} to change their role or address.")


def places_elsewhere(by: User, person: User) -> list[Location]:
    """Return where this person works and `by` does not."""
    return list(person.locations.exclude(pk__in=by.locations.values("pk")).order_by("name"))


def hold(locations: Iterable[Location]) -> None:
    """Hold these locations until the transaction ends.

    Of two who each take somebody away, the second sees who is left.
    """
    numbers = {place.pk for place in locations}
    list(Location.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))


def check_looked_after(person: User, leaves: Iterable[Location]) -> None:
    """Refuse when one of these would have no manager without this person.

    Or no therapist, and no location with one that stands in.
    """
    for place in leaves:
        if person.role == Role.MANAGER and not _others(person, place):
            raise NotAllowed(f"{place} would have no manager. Give another person that role there first.")
        if person.role == Role.THERAPIST and not (_others(person, place) or _others(person, place.fallback)):
            raise NotAllowed(
                f"{place} would have no therapist. Give it another one first, or a location that stands in for it."
            )


def _others(person: User, place: Location | None) -> bool:
    """Say whether somebody else of the same role works there."""
    here = User.objects.filter(is_active=True, role=person.role, locations=place).exclude(pk=person.pk)
    return place is not None and here.exists()
