"""How long referrals took from the decision, how they ended, and who declined: counted by the database.

Only referrals begun in the time asked for are looked at, by an index; then the lines of each. Every time is one that
the product wrote down for people to read: of the decision, of a line of the history, of an appointment, of a report.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from referrals.models import DeclineReason
from referrals.numbers.in_sql import DECLINES, ENDS, OFFICES, STEPS

MOST_OFFICES = 20  # that declined most; the rest would be a list of all there are


@dataclass(frozen=True)
class Scope:
    """Hold what to count: referrals begun at these locations in this time.

    Of one specialty, or of all ("").
    """

    places: list[int]
    since: datetime
    until: datetime
    specialty: str
    zone: str

    @property
    def bounds(self) -> dict[str, Any]:
        return {**vars(self), "no_answer": DeclineReason.NO_ANSWER.value, "most": MOST_OFFICES}


@dataclass(frozen=True)
class Took:
    """Hold how many got to one step, and in how many days from the decision.

    Half of them did within `half`, and nine of ten within `most`.
    """

    reached: int
    half: float | None
    most: float | None


@dataclass(frozen=True)
class Cohort:
    """What became of the referrals begun in one month, or in all (`month` is None)."""

    month: date | None
    begun: int
    sent: Took
    answered: Took
    seen: Took
    read: Took
    closed: int
    closed_with_report: int


@dataclass(frozen=True)
class Declined:
    """Hold how many sendings were declined, of one specialty or by one office."""

    what: str
    sent: int
    declined: int


def cohorts(asked: Scope) -> list[Cohort]:
    """Return what became of all, then of each month; nothing where nothing was begun."""
    return [_cohort(row) for row in _rows(STEPS, asked) if row[1]]


def ends(asked: Scope) -> list[tuple[str, int]]:
    """Return how often they ended for each reason, the most frequent first.

    "" is that of those that are open still.
    """
    return [(reason, times) for reason, times in _rows(ENDS, asked)]


def declines(asked: Scope) -> tuple[list[tuple[str, int]], list[Declined]]:
    """Return how often each reason was given, and how often each specialty declined."""
    rows = _rows(DECLINES, asked)
    reasons = [(reason, declined) for reason, _specialty, _sent, declined in rows if reason]
    of_each = [Declined(specialty, sent, declined) for _reason, specialty, sent, declined in rows if specialty]
    return reasons, of_each


def offices(asked: Scope) -> list[Declined]:
    """Return the offices that declined most, with how many were sent to each."""
    return [Declined(*row) for row in _rows(OFFICES, asked)]


def _rows(sql: str, asked: Scope) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked.bounds)
        return cursor.fetchall()


def _cohort(row: tuple[Any, ...]) -> Cohort:
    month, begun, *of_steps, closed, with_report = row
    sent, answered, seen, read = (Took(*of_steps[first : first + 3]) for first in range(0, len(of_steps), 3))
    return Cohort(month, begun, sent, answered, seen, read, closed, with_report)
