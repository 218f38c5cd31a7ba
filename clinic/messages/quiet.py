"""When nobody is written to for routine. Pure: no clock, no database.

What a reader has just asked for, and alerts to staff, go at any hour (`Kind.by_day_only`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST_HOUR = 23


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


def due_moment(at: datetime, zone: ZoneInfo, quiet: QuietHours | None) -> datetime:
    """Return `at` by day, else the moment the quiet hours end in `zone`, in UTC.

    Wall time decides, so a night with a change of the clocks is an hour shorter or longer. An end that the clocks jump
    over is the moment of the jump's far side, and one that comes twice is its first coming, unless that has passed.
    """
    local = at.astimezone(zone)
    if quiet is None or not quiet.holds(local.time()):
        return at.astimezone(UTC)
    day = local.date()
    if local.time() >= quiet.ends:
        day += timedelta(days=1)
    ends = datetime.combine(day, quiet.ends, zone).astimezone(UTC)
    return max(ends, at.astimezone(UTC))
