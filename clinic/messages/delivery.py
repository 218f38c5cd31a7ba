"""How mail goes: the last that went, since when it does not, how much, and why some does not arrive. Nobody's name.

Of the mail server there is one for the whole house; counts are of the locations somebody sees.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from clinic.messages.came_back import offs
from clinic.messages.decent import OUT_OF_DATE
from clinic.messages.mailbox import unread_since
from clinic.messages.models import MailReport, Message, MessageQuerySet, SweepBeat
from clinic.staff.models import User

DAYS = 14
MOST_REASONS = 12
WIDTH, HEIGHT, BASE, TOP, STEP, LEFT = 720, 190, 130, 24, 49, 40
Status = Message.Status


@dataclass(frozen=True)
class Day:
    """One day: what the mail server took and kept, and what did not arrive."""

    day: date
    went: int
    failed: int
    x: int = 0
    y: int = BASE

    @property
    def above(self) -> int:
        return self.y - 9


@dataclass(frozen=True)
class Reason:
    """Why mails did not go, or do not yet."""

    words: str
    count: int
    oldest: datetime
    waits: bool


@dataclass(frozen=True)
class Delivery:
    """How mail goes, at one moment."""

    went_at: datetime | None
    failing_since: datetime | None
    read_at: datetime | None  # the mailbox of what comes back
    unread: bool  # for too long
    due: int
    oldest_due: datetime | None
    last_hour: int
    last_day: int
    days: tuple[Day, ...]
    reasons: tuple[Reason, ...]
    came_back: tuple[tuple[str, int], ...]
    addresses_off: int
    out_of_date: int

    width, height, base, label_y, failed_y = WIDTH, HEIGHT, BASE, BASE + 20, BASE + 40

    @property
    def is_empty(self) -> bool:
        return not any(one.went or one.failed for one in self.days)


def how_mail_goes(user: User, now: datetime) -> Delivery:
    """Look at it for the locations of this person."""
    beat = SweepBeat.objects.first()
    mine = Message.objects.visible_to(user)
    lately = mine.filter(settled_at__gt=now - timedelta(days=DAYS))
    due = mine.unsettled().filter(due_at__lte=now).aggregate(count=Count("pk"), oldest=Min("due_at"))
    went = mine.filter(status=Status.SENT)
    reports = MailReport.objects.filter(at__gt=now - timedelta(days=DAYS), message__in=lately)
    said = dict(reports.order_by().values_list("what").annotate(count=Count("pk")))
    return Delivery(
        went_at=beat.mail_went_at if beat else None,
        failing_since=beat.mail_refused_since if beat else None,
        read_at=beat.came_back_read_at if beat else None,
        unread=bool(unread_since(beat.came_back_read_at if beat else None, now)),
        due=due["count"],
        oldest_due=due["oldest"],
        last_hour=went.filter(settled_at__gt=now - timedelta(hours=1)).count(),
        last_day=went.filter(settled_at__gt=now - timedelta(days=1)).count(),
        days=drawn(_days(lately, timezone.localdate(now))),
        reasons=tuple(_reasons(mine, lately)),
        came_back=tuple((what.label, said.get(what.value, 0)) for what in MailReport.What),
        addresses_off=offs().filter(message__in=mine).values("address").distinct().count(),
        out_of_date=lately.filter(status=Status.SKIPPED, outcome=OUT_OF_DATE).count(),
    )


def _days(lately: MessageQuerySet, today: date) -> list[Day]:
    """Return the last days, the oldest first, those without a mail among them."""
    counted = lately.filter(status__in=(Status.SENT, Status.FAILED)).order_by()
    rows = counted.values_list(TruncDate("settled_at"), "status").annotate(count=Count("pk"))
    found = Counter({(day, status): count for day, status, count in rows})
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    return [Day(day, found[day, Status.SENT], found[day, Status.FAILED]) for day in days]


def drawn(days: list[Day]) -> tuple[Day, ...]:
    """Give each day its place on the drawing: the day with most reaches the top."""
    most = max((one.went for one in days), default=0) or 1
    return tuple(
        Day(one.day, one.went, one.failed, LEFT + STEP * number, BASE - (BASE - TOP) * one.went // most)
        for number, one in enumerate(days)
    )


def _reasons(mine: MessageQuerySet, lately: MessageQuerySet) -> list[Reason]:
    """Return why mails failed, or wait, the most frequent first."""
    failed = _by_reason(lately.filter(status=Status.FAILED), waits=False)
    waiting = _by_reason(mine.filter(status=Status.SCHEDULED).exclude(Q(outcome="")), waits=True)
    return sorted([*failed, *waiting], key=lambda one: -one.count)[:MOST_REASONS]


def _by_reason(rows: MessageQuerySet, *, waits: bool) -> list[Reason]:
    counted = rows.order_by().values_list("outcome").annotate(count=Count("pk"), oldest=Min("created_at"))
    return [Reason(outcome, count, oldest, waits) for outcome, count, oldest in counted]
