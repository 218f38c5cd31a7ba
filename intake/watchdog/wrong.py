"""What is wrong right now, as one list: machines that stand still, alarms nobody heard, people who did not come.

`look` asks the database five questions, however many cases and mails there ever were; `facts_of` is pure.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Count, ExpressionWrapper, Min, Q
from django.db.models.fields import BooleanField
from django.utils import timezone

from clinic.messages.alarms import held_up_since
from clinic.messages.dispatch import MAY_BE_SILENT
from clinic.on_call.emails import not_told
from intake.models import CallToMake, Case, Urgency

CLOCKS_MAY_DIFFER = timedelta(seconds=5)
BEAT = """
    SELECT statement_timestamp(), beat.at, beat.worker_at, beat.mail_refused_since
    FROM (SELECT 1) AS always LEFT JOIN outbox_sweepbeat AS beat ON true
"""


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong, since when, and how often.

    An alarm is answered by somebody today; what is none is told on pages and wakes nobody. `short` is for a phone,
    where the band above every page must leave room for the page.
    """

    part: str
    words: str
    since: datetime | None = None
    count: int = 1
    alarm: bool = True
    tier: str = ""  # of cases: the word of their urgency
    short: str = ""

    @property
    def line(self) -> str:
        """Return one line for cron's mail: no name, no id, nothing a case holds."""
        return f"{self.words}, since {self.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if self.since else self.words


@dataclass(frozen=True)
class Late:
    """Open cases of one tier, past their time or waiting for a second person."""

    urgency: int
    second_look: bool
    late: bool
    count: int
    oldest: datetime


@dataclass(frozen=True)
class Looked:
    """What the database knew at one moment.

    `apart` is how far its clock is from ours, in seconds.
    """

    apart: float
    swept_at: datetime | None
    worker_at: datetime | None
    mail_refused_since: datetime | None
    held_up: tuple[datetime, ...] = ()
    cases: tuple[Late, ...] = ()
    not_told: tuple[datetime, ...] = ()  # of a change of the on-call list, each since when
    not_called: tuple[datetime, ...] = ()  # patients whom no mail tells of a visit, each since when they should know


def what_is_wrong(now: datetime | None = None, *, places=None, broker_answers: bool = True) -> tuple[Wrong, ...]:
    """Return what is wrong at `now`: machines first, then cases, the worst first.

    `places` leaves only cases of these locations; without it they are those of the whole house.
    """
    now = now or timezone.now()
    return facts_of(look(now, places), now, broker_answers=broker_answers)


def look(now: datetime, places=None) -> Looked:
    """Ask the database."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(BEAT)
        clock, swept_at, worker_at, refused_since = cursor.fetchone()
    apart = max(before - clock, clock - timezone.now(), timedelta())
    cases = tuple(_late_cases(now, places))
    held_up, untold = tuple(held_up_since()), tuple(_not_told(now, places))
    uncalled = tuple(_not_called(now, places))
    return Looked(apart.total_seconds(), swept_at, worker_at, refused_since, held_up, cases, untold, uncalled)


def _late_cases(now: datetime, places):
    second_look = Q(status=Case.Status.SECOND_LOOK)
    rows = Case.objects.awaiting_decision().with_clock().filter(second_look | Q(due_at__lt=now))
    if places is not None:
        rows = rows.filter(location__in=places)
    rows = rows.order_by().annotate(
        second_look=ExpressionWrapper(second_look, BooleanField()),
        late=ExpressionWrapper(Q(due_at__lt=now), BooleanField()),
    )
    for row in rows.values("urgency", "second_look", "late").annotate(count=Count("pk"), oldest=Min("due_at")):
        yield Late(**row)


def _not_told(now: datetime, places):
    rows = not_told(now)
    if places is not None:
        rows = rows.filter(location__in=places)
    return rows.order_by("since").values_list("since", flat=True)


def _not_called(now: datetime, places):
    rows = CallToMake.objects.late(now)
    if places is not None:
        rows = rows.filter(location__in=places)
    return rows.order_by("due_at").values_list("due_at", flat=True)


def facts_of(looked: Looked, now: datetime, *, broker_answers: bool = True) -> tuple[Wrong, ...]:
    """Say what of it is wrong."""
    return (*_machines(looked, now, broker_answers), *_mail(looked, now), *_people(looked))


def _machines(looked, now: datetime, broker_answers):
    if _silent(looked.swept_at, now):
        yield Wrong("sweep", "Nobody sends mails and alarms", looked.swept_at)
    if _silent(looked.worker_at, now):
        yield Wrong("worker", "No worker runs", looked.worker_at)
    if not broker_answers:
        yield Wrong("broker", "The broker does not answer")
    if looked.apart > CLOCKS_MAY_DIFFER.total_seconds():
        yield Wrong("clocks", f"The clocks of web and database are {round(looked.apart)} seconds apart")


def _mail(looked, now: datetime):
    if looked.held_up:
        number = len(looked.held_up)
        words = f"{_some(number, 'alarm')} {'has' if number == 1 else 'have'} reached nobody"
        yield Wrong("alarms", words, min(looked.held_up), number)
    if looked.mail_refused_since and _silent(looked.mail_refused_since, now):
        yield Wrong("mail", "The mail server takes no mail", looked.mail_refused_since)


def _people(looked):
    for tier in reversed(Urgency):
        late = [group for group in looked.cases if group.urgency == tier and group.late and not group.second_look]
        for group in late:
            words = f"{_some(group.count, f'{tier.word} case')} past {'its' if group.count == 1 else 'their'} time"
            short = f"{group.count} {tier.word} late"
            yield Wrong("cases", words, group.oldest, group.count, tier >= Urgency.URGENT, tier.word, short)
    looks = [group for group in looked.cases if group.second_look]
    if looks:
        number = sum(group.count for group in looks)
        words = f"{_some(number, 'decision')} {'waits' if number == 1 else 'wait'} for a second person"
        late = [group.oldest for group in looks if group.late]
        short = f"{_some(number, 'second look')} waiting"
        yield Wrong("second_looks", words, min(late, default=None), number, alarm=bool(late), short=short)
    if looked.not_told:  # no alarm: five minutes after the first notice everybody hears of a case
        number = len(looked.not_told)
        words = f"{_some(number, 'change')} of the on-call list {'has' if number == 1 else 'have'} reached nobody"
        yield Wrong("on_call", words, looked.not_told[0], number, alarm=False)
    if looked.not_called:
        number = len(looked.not_called)
        words = f"{_some(number, 'patient')} not called yet about a visit that is new, moved or off"
        yield Wrong("calls", words, looked.not_called[0], number, alarm=False)


def _silent(at, now: datetime) -> bool:
    return at is None or now - at > MAY_BE_SILENT


def _some(number, noun) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
