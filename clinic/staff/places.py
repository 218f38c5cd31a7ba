"""Rows that belong to a location: which of them somebody sees, and the one location that a list is narrowed to."""

from collections.abc import Iterable
from typing import Self

from django.db import models

from clinic.staff.models import Location, User


class OfPlacesQuerySet(models.QuerySet):
    """Rows of a table that says, in `at_place`, which location they belong to.

    `seen_by`: the permission it takes to see them; without one, whoever works there does.
    """

    at_place, seen_by = "location", ""

    def visible_to(self, user: User) -> Self:
        """Leave only rows of this person's locations, when their role may see any."""
        if not user.is_authenticated or not user.is_active or (self.seen_by and not user.may(self.seen_by)):
            return self.none()
        return self.filter(**{f"{self.at_place}__in": user.place_ids()})


def place_named(slug: str | None, places: Iterable[Location]) -> Location | None:
    """Return the one of these places that an address names; None where it names none: the list is then of all."""
    return next((place for place in places if place.slug == slug), None)
