"""How long a due message waits for a decent hour, and which are out of date: what the sweep asks before it sends."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from clinic.messages.choice import CLINIC_OFF, is_off_here
from clinic.messages.kinds import KINDS, Kind
from clinic.messages.models import Message
from clinic.messages.quiet import due_moment
from clinic.messages.stopping import TURNED_OFF, is_turned_off

MORNING = "It waits for the morning."
WORKING_DAY = "It waits for a working day."
ENOUGH = "It waits: this person has had enough mails today."
DECENT = (MORNING, WORKING_DAY, ENOUGH)
OUT_OF_DATE = "Out of date: it could not go while it was of use."
A_DAY_AND_A_NIGHT = timedelta(days=2)  # holds the reader's whole day, whatever their clock
WITH_ANOTHER = "It went with another to the same person."
WEEKEND = 5  # from Saturday on


def wait_of(message: Message, kind: Kind, at: datetime) -> tuple[timedelta, str]:
    """Return how long a due message waits for its reader, and why; nothing for now."""
    if not kind.by_day_only:
        return timedelta(), ""
    zone = kind.zone(message) or _zone_of_its_place(message)
    works_on = kind.works_on(message)
    due = due_moment(at, zone, settings.QUIET_HOURS, works_on=works_on)
    if due > at:
        next_day = due.astimezone(zone).date() - at.astimezone(zone).date()
        works = works_on is None or (works_on(at.astimezone(zone).date()) and next_day <= timedelta(days=1))
        return due - at, MORNING if works else WORKING_DAY
    if not kind.category:
        return timedelta(), ""
    had, until = _had(kind.recipient(message), at), kind.worth_until(message)
    most = settings.MOST_MAILS_A_DAY
    return due_moment(at, zone, settings.QUIET_HOURS, had=had, most=most, worth_until=until) - at, ENOUGH


def why_not(message: Message, kind: Kind, at: datetime) -> str:
    """Return why a due message does not go at all, or "".

    After an outage what is out of date is withdrawn, and listed, in place of coming late.
    """
    if reason := kind.still_needed(message):
        return reason
    if is_turned_off(message):
        return TURNED_OFF
    if is_off_here(message.kind):
        return CLINIC_OFF
    until = kind.worth_until(message)
    return OUT_OF_DATE if until is not None and until < at else ""


def works(day: date, closed_on: Collection[date]) -> bool:
    """Say whether offices work on this day: no weekend, and no holiday of the clinic."""
    return day.weekday() < WEEKEND and day not in closed_on


def _zone_of_its_place(message: Message) -> ZoneInfo:
    return message.location.zone if message.location else ZoneInfo(settings.TIME_ZONE)


def _had(address: str, at: datetime) -> list[datetime]:
    """Return when routine mails went to this address of late."""
    routine = [name for name, kind in KINDS.items() if kind.by_day_only]
    went = Message.objects.to(address).filter(status=Message.Status.SENT, kind__in=routine)
    went = went.filter(settled_at__gt=at - A_DAY_AND_A_NIGHT).exclude(outcome=WITH_ANOTHER)
    return [one for one in went.values_list("settled_at", flat=True) if one]
