"""What is wrong right now, as one list: machines that stand still, alarms nobody heard, people who did not come.

`look` asks the database three questions, however many cases and mails there ever were; `facts_of` is pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, ExpressionWrapper, F, Min, Q, QuerySet, Value
from django.db.models.fields import BooleanField
from django.db.models.functions import Now
from django.utils import timezone

from clinic.messages.alarms import held_up_since
from clinic.messages.dispatch import MAY_BE_SILENT
from clinic.messages.mailbox import unread_since
from clinic.messages.models import Message
from clinic.on_call.emails import not_told
from clinic.running.backups import looked_after
from clinic.staff.models import Location, User
from clinic.staff.permissions import MANAGE_LOCATIONS
from intake.models import CallToMake, Case, Urgency

PARTS = (  # of the house
    "sweep", "worker", "broker", "clocks", "alarms", "mail", "came_back", "cases", "second_looks", "backups",
)  # fmt: skip
CLOCKS_MAY_DIFFER = timedelta(seconds=5)
BEAT = """
    SELECT statement_timestamp(), beat.at, beat.worker_at, beat.mail_refused_since, beat.came_back_read_at,
        (SELECT max(made_at) FROM audit_backupcheck WHERE whole),
        (SELECT at FROM audit_backupcheck WHERE NOT whole AND id = (SELECT max(id) FROM audit_backupcheck))
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
class Waiting:
    """How many wait, and the oldest of them since when."""

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
    unread_since: datetime | bool = False  # the mailbox of what comes back; True where it was never read
    backup_at: datetime | None = None  # when the newest backup that was restored whole had been made
    backup_failed_at: datetime | None = None  # when the newest was tried, where it could not be used
    held_up: tuple[datetime, ...] = ()
    cases: tuple[Late, ...] = ()
    not_told: Waiting | None = None  # of changes of the on-call list
    not_called: Waiting | None = None  # patients whom no mail tells of a visit, since when they should know
    failed: int = 0  # messages that could not be sent, a hundred at most
    alone: tuple[str, ...] = ()  # names of places where nobody treats


def what_is_wrong(
    now: datetime | None = None, *, page_of: User | None = None, broker_answers: bool = True
) -> tuple[Wrong, ...]:
    """Return what is wrong at `now`: machines first, then cases, the worst first.

    On a page of somebody cases and calls are those of their locations, and places without a therapist and their failed
    messages are told too; without one it is the whole house.
    """
    now = now or timezone.now()
    facts = facts_of(look(now, page_of), now, broker_answers=broker_answers)
    if page_of is None or page_of.may(MANAGE_LOCATIONS):
        return facts
    return tuple(fact for fact in facts if fact.part != "backups")  # nobody else can have one made


def look(now: datetime, page_of: User | None = None) -> Looked:
    """Ask the database."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(BEAT)
        clock, swept_at, worker_at, refused_since, read_at, backup_at, failed_at = cursor.fetchone()
    apart = max(before - clock, clock - timezone.now(), timedelta())
    first, *more = _groups(now, page_of)
    groups = [group for group in first.union(*more, all=True) if group["count"]]
    waiting = {group["part"]: Waiting(group["count"], group["oldest"]) for group in groups}
    return Looked(
        apart.total_seconds(),
        swept_at,
        worker_at,
        refused_since,
        unread_since=unread_since(read_at, now),
        backup_at=backup_at,
        backup_failed_at=failed_at,
        held_up=tuple(held_up_since()),
        cases=tuple(_late(group) for group in groups if group["part"] == "cases"),
        not_told=waiting.get("on_call"),
        not_called=waiting.get("calls"),
        failed=waiting["failed"].count if "failed" in waiting else 0,
        alone=tuple(group["called"] for group in groups if group["part"] == "alone"),
    )


def _groups(now: datetime, page_of: User | None) -> list[QuerySet]:
    """Return what waits for people, counted; all of one shape, so that one question asks for all."""

    def counted(part: str, rows: QuerySet, since: Any, **known: Any) -> QuerySet:
        known = {"tier": Value(0), "looks": Value(False), "over": Value(True), "called": Value("")} | known
        rows = rows.order_by().annotate(part=Value(part), **known)
        return rows.values("part", *known).annotate(count=Count("pk"), oldest=Min(since))

    def here(rows: QuerySet) -> QuerySet:
        return rows if page_of is None else rows.filter(location__in=page_of.place_ids())

    looks = Q(status=Case.Status.SECOND_LOOK)
    cases = Case.objects.awaiting_decision().with_clock().filter(looks | Q(due_at__lt=now))
    known = {
        "tier": F("urgency"),
        "looks": ExpressionWrapper(looks, BooleanField()),
        "over": ExpressionWrapper(Q(due_at__lt=now), BooleanField()),
    }
    groups = [
        counted("cases", here(cases), "due_at", **known),
        counted("on_call", here(not_told(now)), "since"),
        counted("calls", here(CallToMake.objects.late(now)), "due_at"),
    ]
    if page_of is not None:
        failed = Message.objects.visible_to(page_of).needing_a_person()[:100]
        groups += [
            counted("failed", Message.objects.filter(pk__in=failed.values("pk")), "created_at"),
            counted("alone", Location.objects.without_a_therapist(), Now(), called=F("name")),
        ]
    return groups


def _late(group: dict[str, Any]) -> Late:
    return Late(group["tier"], group["looks"], group["over"], group["count"], group["oldest"])


def facts_of(looked: Looked, now: datetime, *, broker_answers: bool = True) -> tuple[Wrong, ...]:
    """Say what of it is wrong."""
    return (*_machines(looked, now, broker_answers), *_mail(looked, now), *_people(looked), *_of_a_page(looked))


def _machines(looked: Any, now: datetime, broker_answers: Any) -> Iterator[Wrong]:
    if _silent(looked.swept_at, now):
        yield Wrong("sweep", "Nobody sends mails and alarms", looked.swept_at)
    if _silent(looked.worker_at, now):
        yield Wrong("worker", "No worker runs", looked.worker_at)
    if not broker_answers:
        yield Wrong("broker", "The broker does not answer")
    if looked.apart > CLOCKS_MAY_DIFFER.total_seconds():
        yield Wrong("clocks", f"The clocks of web and database are {round(looked.apart)} seconds apart")
    if looked_after() and looked.backup_failed_at:
        yield Wrong("backups", "The newest backup cannot be used", looked.backup_failed_at)
    elif looked_after() and (looked.backup_at is None or now - looked.backup_at > timedelta(days=settings.BACKUP_DAYS)):
        words = "The newest backup that could be restored is old" if looked.backup_at else "No backup was ever restored"
        yield Wrong("backups", words, looked.backup_at)


def _mail(looked: Any, now: datetime) -> Iterator[Wrong]:
    if looked.held_up:
        number = len(looked.held_up)
        words = f"{_some(number, 'alarm')} {'has' if number == 1 else 'have'} reached nobody"
        yield Wrong("alarms", words, min(looked.held_up), number)
    if looked.mail_refused_since and _silent(looked.mail_refused_since, now):
        yield Wrong("mail", "The mail server takes no mail", looked.mail_refused_since)
    if looked.unread_since:
        since = None if looked.unread_since is True else looked.unread_since
        yield Wrong("came_back", "Nobody can read the mails that come back", since, short="Bounces unread")


def _people(looked: Any) -> Iterator[Wrong]:
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
        number = looked.not_told.count
        words = f"{_some(number, 'change')} of the on-call list {'has' if number == 1 else 'have'} reached nobody"
        yield Wrong("on_call", words, looked.not_told.oldest, number, alarm=False)
    if looked.not_called:
        number = looked.not_called.count
        words = f"{_some(number, 'patient')} not called yet about a visit that is new, moved or off"
        yield Wrong("calls", words, looked.not_called.oldest, number, alarm=False)


def _of_a_page(looked: Any) -> Iterator[Wrong]:
    for name in looked.alone:
        yield Wrong("alone", f"{name} has no therapist")
    if looked.failed:
        yield Wrong("failed", f"{_some(looked.failed, 'message')} could not be sent", count=looked.failed, alarm=False)


def _silent(at: datetime | None, now: datetime) -> bool:
    return at is None or now - at > MAY_BE_SILENT


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
