"""Making and changing a location."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from clinic.owning.rules import NotAllowed
from clinic.owning.words import newest, of_location, write_down
from clinic.staff.changes import ClinicChange
from clinic.staff.models import Location, User
from clinic.staff.permissions import MANAGE_LOCATIONS

What = ClinicChange.What
MOVED_ON = "Somebody changed it while you had it open; see Changes below. Keep again to put yours in its place."


@transaction.atomic
def make_location(values: dict[str, Any], *, by: User | None) -> Location:
    """Make a location.

    Whoever makes it works there, so that somebody manages it from the first moment. `by` is None for somebody at
    the server.
    """
    if by is not None and not by.may(MANAGE_LOCATIONS):
        raise PermissionDenied
    made = Location.objects.create(slug=_free_slug(values["name"]), **values)
    write_down(What.LOCATION_MADE, location=made, before={}, after=of_location(made), by=by)
    if by is not None:
        by.locations.add(made)
        by.forget_places()
    return made


@transaction.atomic
def change_location(location: Location, values: dict[str, Any], *, saw: int, by: User) -> Location:
    """Change a location whose newest change was `saw`.

    Times that were promised before stay as they are.
    """
    if not (by.may(MANAGE_LOCATIONS) and by.locations.contains(location)):
        raise PermissionDenied
    location = Location.objects.select_for_update().get(pk=location.pk)
    if saw != newest(location=location):
        raise NotAllowed(MOVED_ON)
    before = of_location(location)
    for name, value in values.items():
        setattr(location, name, value)
    location.save(update_fields=list(values))
    write_down(What.LOCATION_CHANGED, location=location, before=before, after=of_location(location), by=by)
    return location


def _free_slug(name: str) -> str:
    """Return the name as an address writes it, numbered where it is taken."""
    plain = slugify(name)[:40] or "location"
    taken = set(Location.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    numbered = [plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 2))]
    return next(slug for slug in numbered if slug not in taken)
