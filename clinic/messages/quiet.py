"""When nobody is written to for routine. Pure: no clock, no database.

What a reader has just asked for, and alerts to staff, go at any hour (`Kind.by_day_only`).
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST_HOUR = 23
LOOK_AHEAD_DAYS = 60
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class QuietHours:
    """From `begins` to `ends` on the wall clock of the reader's place, over midnight or not."""

    begins: time
    ends: time

    @classmethod
    def from_text(cls, text: str) -> "QuietHours | None":
        """Read `21-8`; `none` is no quiet at all. Raises ValueError for anything else."""
        if text == "none":
            return None
        begins, dash, ends = text.partition("-")
        if not (dash and begins.isdecimal() and ends.isdecimal()):
            raise ValueError("it must be two full hours, such as 21-8, or none")
        if begins == ends or max(int(begins), int(ends)) > LAST_HOUR:
            raise ValueError("it must begin and end at different hours from 0 to 23")
        return cls(time(int(begins)), time(int(ends)))

    def holds(self, at: time) -> bool:
        """Say whether the wall clock shows a quiet time."""
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


def due_moment(
    at: datetime,
    zone: ZoneInfo,
    quiet: QuietHours | None,
    *,
    works_on: Callable[[date], bool] | None = None,
    had: Collection[datetime] = (),
    most: int = 0,
    worth_until: datetime | None = None,
) -> datetime:
    """Return the first decent moment from `at` on, by the reader's clock, in UTC.

    Without `quiet` it is `at`. Else it is outside the quiet hours, and for an office on a day it `works_on`. Who `had`
    as many as `most` on that day is written to on another, unless that is too late: `worth_until`. Wall time decides,
    so a night with a change of the clocks is an hour shorter or longer.
    """
    if quiet is None:
        return at.astimezone(UTC)
    decent = _by_day(at, zone, quiet)
    if works_on is not None:
        decent = _next_day_that(works_on, decent, zone, quiet)
    if not most:
        return decent
    full = Counter(one.astimezone(zone).date() for one in had)
    later = _next_day_that(lambda day: full[day] < most, decent, zone, quiet)
    return later if worth_until is None or later <= worth_until else decent


def _by_day(at: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return `at`, by night the moment the quiet hours end."""
    local = at.astimezone(zone)
    if not quiet.holds(local.time()):
        return at.astimezone(UTC)
    day = local.date()
    if local.time() >= quiet.ends:
        day += timedelta(days=1)
    return max(on_the_wall(day, quiet.ends, zone), at.astimezone(UTC))


def _next_day_that(fits: Callable[[date], bool], at: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return `at` where its day fits, else the first decent moment of one that does."""
    day = at.astimezone(zone).date()
    if fits(day):
        return at
    days = (day + timedelta(days=ahead) for ahead in range(1, LOOK_AHEAD_DAYS))
    return next((on_the_wall(one, quiet.ends, zone) for one in days if fits(one)), at)


def on_the_wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the moment the clock on the wall shows this, in UTC.

    A time the clocks jump over is the first moment after the jump, and one they show twice is its first coming.
    """
    moment = datetime.combine(day, clock, zone).astimezone(UTC)
    if moment.astimezone(zone).time() == clock:
        return moment
    after, moment = moment.astimezone(zone).utcoffset(), moment.replace(second=0, microsecond=0)
    while (moment - A_MINUTE).astimezone(zone).utcoffset() == after:
        moment -= A_MINUTE
    return moment


def days_before(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the same time on the wall so many days earlier.

    A night with a change of the clocks is one night.
    """
    local = at.astimezone(zone)
    return on_the_wall(local.date() - timedelta(days=days), local.time(), zone)
