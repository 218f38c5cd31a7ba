"""A rate of so many, and how sure it is. Pure: no clock, no database."""

from dataclasses import dataclass
from math import sqrt

ENOUGH = 20  # from here on the interval spans 40 points of 100 at most: a rule that is mostly right is told from chance
Z = 1.959964  # 95 % of a normal curve lie so many deviations around its middle


@dataclass(frozen=True)
class Rate:
    """`hits` of `of`. Of fewer than `ENOUGH` no rate is said."""

    hits: int
    of: int

    @property
    def enough(self) -> bool:
        return self.of >= ENOUGH

    @property
    def part(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the two ends of Wilson's 95 % interval.

        It stays between 0 and 1, and keeps its promise for the small counts and the rates near 0 and 1 that rules
        have, where the usual one, the rate and two deviations to each side, does not.
        """
        if not self.of:
            return 0.0, 1.0
        spread = Z * Z / self.of
        middle = (self.part + spread / 2) / (1 + spread)
        half = Z / (1 + spread) * sqrt(self.part * (1 - self.part) / self.of + spread / (4 * self.of))
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def percent(self) -> int:
        return round(100 * self.part)

    @property
    def low(self) -> int:
        return round(100 * self.interval[0])

    @property
    def high(self) -> int:
        return round(100 * self.interval[1])
