"""A figure over the months, as bars. The table below says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from referrals.desk.kept import Kept
from referrals.numbers.counting import Cohort
from referrals.numbers.tables import month_named

HEIGHT, TOP, FOOT = 180, 24, 24
A_MONTH, A_BAR = 88, 44  # pixels: three months fit a phone, twelve a desk


@dataclass(frozen=True)
class Bar:
    """One month: where its bar stands, and what it says."""

    x: float
    y: float
    width: float
    height: float
    name: str
    value: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def value_y(self) -> float:
        return round(self.y - 6, 1)


@dataclass(frozen=True)
class Trend:
    """One figure, month after month."""

    name: str
    title: str
    bars: tuple[Bar, ...]

    height, bottom = HEIGHT, HEIGHT - FOOT

    @property
    def width(self) -> int:
        return A_MONTH * len(self.bars)


def trends(cohorts: Sequence[Cohort], kept: Sequence[Kept]) -> list[Trend]:
    """Return the drawings of what may be compared: two months have each figure."""
    begun = [cohort for cohort in cohorts if cohort.month]
    seen = [
        (cohort.month, cohort.seen.half, f"{cohort.seen.half:.0f} d")
        for cohort in begun
        if cohort.seen.half is not None
    ]
    every = [
        _trend("begun", "Referrals begun", [(cohort.month, cohort.begun, str(cohort.begun)) for cohort in begun]),
        _trend("seen", "Days from the decision until half were seen", seen),
        _trend("kept", "Promises kept, of 100", _shares(kept)),
    ]
    return [trend for trend in every if len(trend.bars) > 1]


def _shares(kept: Sequence[Kept]) -> list[tuple[date, float, str]]:
    found = []
    for month in sorted({row.month for row in kept}):
        due = sum(row.due for row in kept if row.month == month)
        met = sum(row.kept for row in kept if row.month == month)
        found.append((month, met / due, f"{100 * met // due} %"))
    return found


def _trend(name: str, title: str, points: Sequence[tuple[date, float, str]]) -> Trend:
    highest = max([value for _month, value, _said in points], default=0) or 1
    bars = []
    for place, (month, value, said) in enumerate(points):
        height = round((HEIGHT - TOP - FOOT) * value / highest, 1)
        x = A_MONTH * place + (A_MONTH - A_BAR) / 2
        bars.append(Bar(x, HEIGHT - FOOT - height, A_BAR, height, month_named(month), said))
    return Trend(name, title, tuple(bars))
