"""How somebody is doing over the weeks, as numbers, as a table and as a drawing. Nothing here decides anything.

Each measure is a drawing of its own, so that no line has to be told from another by its colour.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.models import FollowUp, Intake, Patient

WIDTH, LEFT, RIGHT = 320, 30, 14
TOP, HEIGHT, FOOT = 18, 110, 40  # room for a number above the topmost point and for the weeks below
TICKS = (0, 5, 10)


@dataclass(frozen=True)
class Point:
    """One answer on the drawing. `joined` is the line from the answer before, "" where a week was missed between."""

    x: float
    y: float
    value: int
    week: int
    line: str = ""

    @property
    def label_y(self) -> float:
        return self.y - 8


@dataclass(frozen=True)
class Drawing:
    """One measure over the weeks. `described` says all of it in words."""

    id: str
    title: str
    described: str
    points: tuple[Point, ...]
    missed: tuple[dict, ...]
    weeks: tuple[dict, ...]

    width, height = WIDTH, TOP + HEIGHT + FOOT
    left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, TOP + HEIGHT
    ticks = tuple({"value": value, "y": TOP + HEIGHT - HEIGHT * value / 10} for value in TICKS)


class Series:
    """The questions that followed one intake, `rows` in order of their weeks, up to the last one that came due."""

    def __init__(self, intake: Intake, rows: list[FollowUp], now: datetime) -> None:
        self.intake = intake
        self.rows = [row for row in rows if row.answered_at or row.due_at <= now]
        self.now = now

    @property
    def started_at(self) -> datetime:
        return self.intake.submitted_at

    @cached_property
    def answered(self) -> list[FollowUp]:
        return [row for row in self.rows if row.answered_at]

    @cached_property
    def activity(self) -> str:
        return next((row.activity for row in self.rows if row.activity), "")

    @cached_property
    def drawings(self) -> list[Drawing]:
        titles = {"pain": _("Worst pain in the last week, 0 to 10")}
        if any(row.difficulty is not None for row in self.answered):
            titles["difficulty"] = _("How hard it is, 0 to 10: %(activity)s") % {"activity": self.activity}
        return [self._draw(name, title) for name, title in titles.items()]

    def _draw(self, name: str, title: str) -> Drawing:
        last = max(row.week for row in self.rows) or 2
        place = {row.week: LEFT + (WIDTH - LEFT - RIGHT) * row.week / last for row in self.rows}
        points, missed, before = [], [], None
        for row in self.rows:
            value = getattr(row, name)
            if value is None:
                missed.append({"x": place[row.week], "week": row.week})
                before = None
                continue
            x, y = round(place[row.week], 1), round(TOP + HEIGHT - HEIGHT * value / 10, 1)
            line = f"M{before.x} {before.y}L{x} {y}" if before else ""
            before = Point(x, y, value, row.week, line)
            points.append(before)
        said = [week_and_value(row, getattr(row, name)) for row in self.rows]
        weeks = tuple({"x": place[row.week], "week": row.week} for row in self.rows)
        return Drawing(f"{name}-{self.intake.pk}", title, "; ".join(said) + ".", tuple(points), tuple(missed), weeks)


def week_and_value(row: FollowUp, value: float) -> str:
    number = _("no answer") if value is None else str(value)
    return _("%(week)s: %(number)s") % {"week": in_weeks(row.week), "number": number}


def in_weeks(week: int) -> str:
    if week == 0:
        return _("At the start")
    return ngettext("After %(count)d week", "After %(count)d weeks", week) % {"count": week}


def series_of(patient: Patient, now: datetime) -> list[Series]:
    """All series of a patient that have an answer, the newest first."""
    rows = patient.follow_ups.select_related("intake", "seen_by").order_by("-intake__submitted_at", "week")
    together: dict = {}
    for row in rows:
        together.setdefault(row.intake, []).append(row)
    found = [Series(intake, rows, now) for intake, rows in together.items()]
    return [series for series in found if series.answered]
