"""How long before a visit or an appointment its reminders go: what a clinic may choose, and what follows from it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clinic.messages.quiet import QuietHours, days_before, due_moment

LEADS = {168: "7 days before", 48: "2 days (48 hours) before", 24: "the day before", 3: "3 hours before"}
USUAL = {"visit_reminder": 24, "appointment_reminder": 48}  # hours, where a clinic chose nothing else
TOO_CLOSE = timedelta(hours=2)  # a reminder this short before helps nobody
JUST_TOLD = timedelta(hours=12)  # whoever was told so short before one of the same day needs none
A_DAY = 24


def moments(
    starts_at: datetime, chosen: Collection[int], zone: ZoneInfo, quiet: QuietHours | None, now: datetime
) -> dict[int, datetime]:
    """Return by hours when the chosen reminders of it are due, those to come alone.

    Days keep the hour of the wall. One of hours that would wait for the morning until it is too late is left out.
    """
    found = {}
    for hours in sorted(chosen, reverse=True):
        if hours >= A_DAY:
            at, soonest = days_before(starts_at, hours // A_DAY, zone), now
        else:
            at, soonest = starts_at - timedelta(hours=hours), now + JUST_TOLD
        too_late = hours < A_DAY and due_moment(at, zone, quiet) > starts_at - TOO_CLOSE
        if at > soonest and not too_late:
            found[hours] = at
    return found


def in_words(chosen: Collection[int]) -> str:
    """Return what was chosen as a page says it."""
    return ", ".join(words for hours, words in LEADS.items() if hours in chosen)
