"""How many promises that fell due were kept, by sort and month: counted by the database, from times the product wrote.

Nothing is read but what fell due in the time asked for, by an index of each table. A case, a request, a call and an
office to tell hold their own date and when it was met. A referral had many dates: each line of its history keeps the
one that stood after it, so a date was kept when a line with another followed in time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, DateField, F, Q, QuerySet, Value
from django.db.models.functions import TruncMonth
from django.utils import timezone

from clinic.staff.models import Location
from intake.models import AppointmentRequest, CallToMake, Case
from referrals.desk.promises import KINDS
from referrals.models import OfficeToTell, Referral

# Lines between saying how the day went and taking that back promised nothing: they are left out, and the date of before
# goes on. Of a referral that is open its own date is asked, which a mail that failed may have drawn nearer.
NEXT_DATES = """
    WITH lines AS (
        SELECT line.referral_id, line.id, line.at, line.due_at,
            lag(line.due_at) OVER (PARTITION BY line.referral_id ORDER BY line.id) AS before
        FROM referrals_referralmove line
        WHERE line.referral_id IN (
            SELECT due.referral_id FROM referrals_referralmove due
            JOIN referrals_referral carried ON carried.id = due.referral_id
            WHERE due.due_at >= %(since)s AND due.due_at < %(until)s AND carried.location_id = ANY(%(places)s)
        ) AND NOT EXISTS (
            SELECT 1 FROM referrals_referralmove undone
            WHERE undone.referral_id = line.referral_id AND undone.what = 'undone' AND undone.id > line.id
                AND line.id >= (
                    SELECT max(said.id) FROM referrals_referralmove said
                    WHERE said.referral_id = line.referral_id AND said.id < undone.id
                        AND said.what IN ('seen', 'no_show')
                )
        )
    ), dates AS (
        SELECT due_at, lead(at) OVER (PARTITION BY referral_id ORDER BY id) AS replaced_at
        FROM lines WHERE due_at IS DISTINCT FROM before
    )
    SELECT date_trunc('month', due_at AT TIME ZONE %(zone)s)::date,
        count(*) FILTER (WHERE replaced_at <= due_at),
        count(*)
    FROM (
        SELECT due_at, replaced_at FROM dates WHERE replaced_at IS NOT NULL
        UNION ALL
        SELECT next_check_at, NULL FROM referrals_referral
        WHERE status <> ALL(%(ended)s) AND location_id = ANY(%(places)s)
    ) promised
    WHERE due_at >= %(since)s AND due_at < %(until)s
    GROUP BY 1
"""


@dataclass(frozen=True)
class Kept:
    """How many promises of one kind fell due in one month, and were kept."""

    kind: str
    month: date
    kept: int
    due: int


@dataclass(frozen=True)
class Total:
    """How many promises of one kind fell due, by how they ended."""

    what: str
    kept: int
    missed: int

    @property
    def share(self) -> int | None:
        """Return the whole percent kept; None when nothing fell due."""
        due = self.kept + self.missed
        return 100 * self.kept // due if due else None


def kept(places: Iterable[Location], since: datetime, until: datetime) -> list[Kept]:
    """Return what fell due at `places`, `since` until `until`, in two statements."""
    here = [place.pk for place in places]
    counted = [_by_month(rows.filter(**{f"{due}__gte": since, f"{due}__lt": until}), kind, due, done)
               for kind, rows, due, done in _dated(here)]  # fmt: skip
    first, *others = counted
    rows = [Kept(*row) for row in first.union(*others, all=True)]
    asked = {
        "since": since,
        "until": until,
        "places": here,
        "ended": list(Referral.ENDED),
        "zone": timezone.get_current_timezone_name(),
    }
    with connection.cursor() as cursor:
        cursor.execute(NEXT_DATES, asked)
        rows += [Kept("referral", *row) for row in cursor.fetchall()]
    return rows


def _dated(here: list[int]) -> list[tuple[str, QuerySet, str, str]]:
    """Return the rows that hold a date of their own.

    (kind, rows, the field of the date, that of when it was met)
    """
    cases = Case.objects.filter(location__in=here)
    to_tell = OfficeToTell.objects.filter(referral__location__in=here)
    counts = Q(done_at__isnull=False) | Q(pk__in=to_tell.waiting().order_by().values("pk"))  # what is moot counts not
    return [
        ("look", cases, "acknowledge_by", "acknowledged_at"),
        ("decide", cases, "decide_by", "decided_at"),
        ("request", AppointmentRequest.objects.filter(location__in=here), "answer_by", "answered_at"),
        ("office", to_tell.filter(counts), "due_at", "done_at"),
        ("call", CallToMake.objects.filter(location__in=here), "due_at", "done_at"),
    ]


def _by_month(rows: QuerySet, kind: str, due: str, done: str) -> QuerySet:
    named = (
        rows.order_by()
        .annotate(kind=Value(kind), month=TruncMonth(due, output_field=DateField()))
        .values("kind", "month")
    )
    counted = named.annotate(kept=Count("pk", filter=Q(**{f"{done}__lte": F(due)})), due=Count("pk"))
    return counted.values_list("kind", "month", "kept", "due")


def totals(rows: Iterable[Kept]) -> list[Total]:
    """Return one row for each kind, whatever the month."""
    found = {kind: [0, 0] for kind in KINDS}
    for row in rows:
        found[row.kind][0] += row.kept
        found[row.kind][1] += row.due
    return [Total(KINDS[kind], kept, due - kept) for kind, (kept, due) in found.items()]
