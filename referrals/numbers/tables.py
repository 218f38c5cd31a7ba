"""The numbers as tables: each is shown on the page, and handed out as a file for a spreadsheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateformat import format as date_format

from intake import triage
from referrals.desk.kept import Kept, Total, totals
from referrals.models import DeclineReason, Referral
from referrals.numbers.counting import Cohort, Declined, Took

STEPS = (("sent", "Sent"), ("answered", "Answered by an office"), ("seen", "Seen"), ("read", "Report read"))
STILL_OPEN = "Open still"


@dataclass(frozen=True)
class Table:
    """One table: `name` is that of its file. The first cell of a row is its heading."""

    name: str
    title: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    says: str = ""


def steps(cohort: Cohort | None) -> Table:
    """Return how many got to each step, and when."""
    rows = [(label, *_took(getattr(cohort, step), cohort.begun)) for step, label in STEPS] if cohort else []
    return Table(
        "steps",
        "From the decision to each step",
        ("Step", "Referrals", "Of all", "Half within", "Nine of ten within"),
        rows,
        "Days from the decision, of those that got there. Who waits still is in none of them.",
    )


def _took(took: Took, of: int) -> tuple[Any, ...]:
    return took.reached, percent(took.reached, of), days(took.half), days(took.most)


def months(cohorts: Iterable[Cohort], kept: Sequence[Kept]) -> Table:
    """Return one row for each month in which anything happened, the newest first."""
    begun = {cohort.month: cohort for cohort in cohorts if cohort.month}
    due = {row.month for row in kept}
    rows = [_month(month, begun.get(month), [row for row in kept if row.month == month])
            for month in sorted({*begun, *due}, reverse=True)]  # fmt: skip
    head = ("Month", "Begun", "Sent within", "Answered within", "Seen within", "Report read within",
            "Closed with report", "Promises due", "Kept")  # fmt: skip
    return Table("months", "Month by month", head, rows, "Half of the referrals begun in the month got there so soon.")


def _month(month: date, cohort: Cohort | None, kept: Sequence[Kept]) -> tuple[Any, ...]:
    due, met = sum(row.due for row in kept), sum(row.kept for row in kept)
    took = [days(getattr(cohort, step).half) for step, _label in STEPS] if cohort else [""] * len(STEPS)
    ended = cohort.closed_with_report if cohort else 0
    return month_named(month), cohort.begun if cohort else 0, *took, ended, due, percent(met, due)


def ends(counted: Sequence[tuple[str, int]]) -> Table:
    """Return why they ended."""
    labels, of = dict(Referral.EndReason.choices), sum(times for _reason, times in counted)
    rows = [(labels.get(reason, STILL_OPEN), times, percent(times, of)) for reason, times in counted]
    return Table("ends", "How they ended", ("Reason", "Referrals", "Of all"), rows)


def reasons(counted: Sequence[tuple[str, int]]) -> Table:
    """Return why offices declined."""
    labels, of = dict(DeclineReason.choices), sum(times for _reason, times in counted)
    rows = [(str(labels.get(reason, reason)), times, percent(times, of)) for reason, times in counted]
    return Table("declines-by-reason", "Declines by reason", ("Reason", "Declined", "Of all declines"), rows)


def by_specialty(counted: Iterable[Declined]) -> Table:
    """Return how often each specialty declined."""
    known = triage.shipped().specialists
    rows = [_declined(known.get(one.what, one.what), one) for one in counted]
    return Table("declines-by-specialty", "Declines by specialty", ("Specialty", *_DECLINED), rows)


def by_office(counted: Iterable[Declined], most: int) -> Table:
    """Return which offices declined most often."""
    rows = [_declined(one.what, one) for one in counted]
    says = f"The {most} that declined most often, of all they were sent."
    return Table("declines-by-office", "Declines by office", ("Office", *_DECLINED), rows, says)


_DECLINED = ("Sent", "Declined", "Of those sent")


def _declined(what: str, one: Declined) -> tuple[Any, ...]:
    return what, one.sent, one.declined, percent(one.declined, one.sent)


def promises(kept: Sequence[Kept]) -> Table:
    """Return how many promises of each sort were kept."""
    rows = [(total.what, total.kept, total.missed, _share(total)) for total in totals(kept)]
    says = "Of every specialty. A promise is kept when somebody acted by its date."
    return Table("promises", "Promises to patients", ("Promise", "Kept", "Missed", "Share kept"), rows, says)


def _share(total: Total) -> str:
    return "none due" if total.share is None else f"{total.share} %"


def days(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} days"


def percent(part: int, of: int) -> str:
    return f"{100 * part // of} %" if of else ""


def month_named(month: date) -> str:
    return date_format(month, "M Y")
