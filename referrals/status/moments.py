"""Moments as a patient reads them: on the wall clock of a place, today and tomorrow by those words."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def in_words(at: datetime, zone: ZoneInfo, now: datetime | None = None, *, zoned: bool = False) -> str:
    """A moment as the wall clock of `zone` shows it; today and tomorrow by those words when `now` is given."""
    local = at.astimezone(zone)
    clock = date_format(local, "ZONED_CLOCK_FORMAT" if zoned else "CLOCK_FORMAT")
    return _("%(day)s at %(clock)s") % {"day": _day(local.date(), now and now.astimezone(zone).date()), "clock": clock}


def _day(day: date, today: date | None) -> str:
    if today is not None and day == today:
        return _("today")
    if today is not None and day == today + timedelta(days=1):
        return _("tomorrow")
    return date_format(day, "DAY_FORMAT" if today is None or day.year == today.year else "FULL_DAY_FORMAT")
