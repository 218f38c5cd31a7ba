"""Opening hours, and due times counted in them. Pure functions: no clock, no database.

Times are aware datetimes in any zone; local wall time of the location decides what is open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 60
UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class OpeningHours:
    """`days` holds (opens, closes) or None for Monday to Sunday; `closed_on` names dates off, such as holidays."""

    days: tuple[tuple[time, time] | None, ...]
    zone: ZoneInfo
    closed_on: frozenset[date] = frozenset()

    @classmethod
    def from_json(cls, value: dict[str, Any], zone: ZoneInfo = UTC) -> "OpeningHours":
        """Read `{"mon": ["08:00", "18:00"], ..., "closed_on": ["2026-12-25"]}`; a day left out is closed."""
        unknown = set(value) - {*WEEK, "closed_on"}
        if unknown:
            raise ValueError(f"unknown day {sorted(unknown)[0]!r}")
        days: list[tuple[time, time] | None] = []
        for name in WEEK:
            if not value.get(name):
                days.append(None)
                continue
            opens, closes = (time.fromisoformat(part) for part in value[name])
            if opens >= closes:
                raise ValueError(f"{name} closes before it opens")
            days.append((opens, closes))
        closed = frozenset(date.fromisoformat(day) for day in value.get("closed_on", ()))
        return cls(tuple(days), zone, closed)

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """Opening and closing moment of `day`, or None when closed."""
        hours = None if day in self.closed_on else self.days[day.weekday()]
        if hours is None:
            return None
        opens, closes = hours
        return datetime.combine(day, opens, self.zone), datetime.combine(day, closes, self.zone)

    def is_open(self, at: datetime) -> bool:
        hours = self.on(at.astimezone(self.zone).date())
        return hours is not None and hours[0] <= at < hours[1]

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself while open, else the next moment the doors open. Never-open hours count as always open."""
        for opens, _closes in self._spans_from(at):
            return max(opens, at)
        return at

    def after_open_time(self, start: datetime, amount: timedelta) -> datetime:
        """Return the moment when `amount` of open time has passed since `start`."""
        left = amount
        for opens, closes in self._spans_from(start):
            begin = max(opens, start)
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
        return start + amount

    def after_working_days(self, start: datetime, days: int) -> datetime:
        """Closing time of the `days`-th working day after the day of `start`."""
        count = 0
        local = start.astimezone(self.zone).date()
        for ahead in range(1, LOOK_AHEAD_DAYS):
            hours = self.on(local + timedelta(days=ahead))
            if hours is not None:
                count += 1
                if count == days:
                    return hours[1]
        return start + timedelta(days=days)

    def opening_on_a_later_day(self, at: datetime) -> datetime:
        """Return the moment the doors next open on a day after that of `at`; a day later where they never do."""
        local = at.astimezone(self.zone).date()
        for ahead in range(1, LOOK_AHEAD_DAYS):
            hours = self.on(local + timedelta(days=ahead))
            if hours is not None:
                return hours[0]
        return at + timedelta(days=1)

    def closing_of_the_day(self, at: datetime) -> datetime:
        """Closing time of the working day that holds `at`, or of the next one when closed at `at`."""
        for _opens, closes in self._spans_from(at):
            return closes
        return at

    def _spans_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans that end after `at`, in order."""
        local = at.astimezone(self.zone).date()
        for ahead in range(LOOK_AHEAD_DAYS):
            hours = self.on(local + timedelta(days=ahead))
            if hours is not None and hours[1] > at:
                yield hours
