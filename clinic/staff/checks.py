"""Every `check --database default`, and every migration, says where nobody treats, or hours or clocks make no sense.

`check --deploy --database default` asks also whether anybody is here at all.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage
from django.db import DatabaseError

from clinic.staff.models import Location, User
from clinic.staff.permissions import Role

HINT = "Give a therapist this location, or remove it. Until then patients are not offered it."

NAME_A_ZONE = "Write a name such as America/Denver into the table of locations."


@checks.register(checks.Tags.database)
def somebody_treats_everywhere(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return a warning for each location without an active therapist: its emergencies go to the whole house."""
    said = [f"{place.name} has no therapist." for place in _alone(databases)]
    return [checks.Warning(words, hint=HINT, id="staff.W001") for words in said]


@checks.register(checks.Tags.database, deploy=True)
def a_clinic_starts_with_somebody_everywhere(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return the same as errors of `check --deploy`.

    A migration asks for no such check: it is never held up by people.
    """
    said = [f"{place.name} has no therapist, and its cases go to the whole clinic." for place in _alone(databases)]
    return [checks.Error(words, hint=HINT, id="staff.E002") for words in said]


@checks.register(checks.Tags.database, deploy=True)
def a_clinic_is_there(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return an error where there is no location, or nobody who manages one.

    Only a manager can let others in.
    """
    if not databases:
        return []
    hint = "Run `manage.py setup_clinic`."
    found: list[CheckMessage] = []
    try:
        if not Location.objects.exists():
            found.append(checks.Error("No location is there.", hint=hint, id="staff.E005"))
        if not User.objects.filter(role=Role.MANAGER, is_active=True).exists():
            found.append(checks.Error("Nobody manages this clinic.", hint=hint, id="staff.E006"))
    except DatabaseError:  # before the first migration
        return []
    return found


@checks.register(checks.Tags.database)
def hours_make_sense_everywhere(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return a warning for each location whose hours cannot be read: it counts as never open."""
    places = [place for place in _everywhere(databases) if not place.hours_make_sense]
    hint = 'Write them as {"mon": ["08:00", "18:00"], ..., "closed_on": ["2026-12-25"]}.'
    return [
        checks.Warning(f"The hours of {place.name} make no sense, and count as none.", hint=hint, id="staff.W003")
        for place in places
    ]


@checks.register(checks.Tags.database)
def clocks_make_sense_everywhere(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return a warning for each location whose time zone nobody knows.

    Its hours are counted by another clock.
    """
    return [checks.Warning(words, hint=NAME_A_ZONE, id="staff.W004") for words in _by_another_clock(databases)]


@checks.register(checks.Tags.database, deploy=True)
def a_clinic_starts_with_clocks_that_make_sense(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return the same as errors of `check --deploy`, which no migration asks for."""
    return [checks.Error(words, hint=NAME_A_ZONE, id="staff.E004") for words in _by_another_clock(databases)]


def _by_another_clock(databases: Sequence[str] | None) -> list[str]:
    return [
        f"The time zone of {place.name} makes no sense ({place.time_zone}), and {place.zone.key} counts."
        for place in _everywhere(databases)
        if not place.zone_makes_sense
    ]


def _everywhere(databases: Sequence[str] | None) -> list[Location]:
    if not databases:
        return []
    try:
        return list(Location.objects.all())
    except DatabaseError:  # before the first migration
        return []


def _alone(databases: Sequence[str] | None) -> list[Location]:
    if not databases:
        return []
    try:
        return list(Location.objects.without_a_therapist())
    except DatabaseError:  # before the first migration
        return []
