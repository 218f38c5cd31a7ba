"""The location that a list is narrowed to, as its address names it."""

from collections.abc import Iterable

from clinic.staff.models import Location


def place_named(slug: str | None, places: Iterable[Location]) -> Location | None:
    """Return the one of these places that an address names; None where it names none: the list is then of all."""
    return next((place for place in places if place.slug == slug), None)
