"""Numbers for Prometheus: sweeps, the outbox, mail, escalation, backups; no place and no person.

All come from the database, so that each of several web processes says the same. Requests are counted where all of them
pass: in the proxy's log.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count, Min

from clinic.messages.models import Message
from intake.models import Case, Urgency
from intake.watchdog.wrong import PARTS, Looked, Wrong, facts_of, look

Line = tuple[str, str, float]  # what is measured, of what, and how much
HELP = {
    "plumbline_well": "1 while nothing is wrong with this part, as /healthz says",
    "plumbline_seconds_since_sweep": "Since anybody, or a worker, looked for what is due",
    "plumbline_mail_refused_seconds": "Since the mail server first took nothing; 0 while it takes mail",
    "plumbline_messages_due": "Messages that are due and have not gone",
    "plumbline_oldest_due_message_seconds": "How long the oldest of them has been due",
    "plumbline_messages_unsent": "Messages that could not be sent",
    "plumbline_alarms_held_up": "Alerts that have reached nobody for over a minute",
    "plumbline_cases_waiting": "Cases that nobody has taken",
    "plumbline_oldest_waiting_case_seconds": "How long the oldest of them has waited",
    "plumbline_cases_late": "Cases past their time, second looks among them",
    "plumbline_backup_age_seconds": "Age of the newest backup that was restored whole",
}


def metrics(now: datetime, *, broker_answers: bool) -> str:
    """Return all of it as Prometheus reads it."""
    looked = look(now)
    facts = facts_of(looked, now, broker_answers=broker_answers)
    measured = (*_parts(facts), *_of_machines(looked, now), *_of_messages(now), *_of_cases(looked, now))
    return "".join(_written(measured))


def _written(measured: Iterable[Line]) -> Iterator[str]:
    lines = sorted(measured, key=lambda line: list(HELP).index(line[0]))
    told = ""
    for name, labels, value in lines:
        if name != told:
            yield f"# HELP {name} {HELP[name]}\n# TYPE {name} gauge\n"
            told = name
        yield f"{name}{{{labels}}} {value:g}\n" if labels else f"{name} {value:g}\n"


def _parts(facts: Iterable[Wrong]) -> Iterator[Line]:
    wrong = {fact.part for fact in facts if fact.alarm}
    for part in PARTS:
        yield "plumbline_well", f'part="{part}"', float(part not in wrong)


def _of_machines(looked: Looked, now: datetime) -> Iterator[Line]:
    for who, at in (("anybody", looked.swept_at), ("worker", looked.worker_at)):
        if at:
            yield "plumbline_seconds_since_sweep", f'by="{who}"', _seconds(at, now)
    yield "plumbline_mail_refused_seconds", "", _seconds(looked.mail_refused_since, now)
    yield "plumbline_alarms_held_up", "", len(looked.held_up)
    if looked.backup_at:
        yield "plumbline_backup_age_seconds", "", _seconds(looked.backup_at, now)


def _of_messages(now: datetime) -> Iterator[Line]:
    due = Message.objects.due(now).order_by().aggregate(count=Count("pk"), oldest=Min("due_at"))
    yield "plumbline_messages_due", "", due["count"]
    yield "plumbline_oldest_due_message_seconds", "", _seconds(due["oldest"], now)
    yield "plumbline_messages_unsent", "", Message.objects.needing_a_person().order_by().count()


def _of_cases(looked: Looked, now: datetime) -> Iterator[Line]:
    waiting = (
        Case.objects.unacknowledged().order_by().values("urgency").annotate(count=Count("pk"), first=Min("opened_at"))
    )
    by_tier = {row["urgency"]: row for row in waiting}
    for tier in Urgency:
        label, row = f'tier="{tier.word}"', by_tier.get(tier.value)
        yield "plumbline_cases_waiting", label, row["count"] if row else 0
        yield "plumbline_oldest_waiting_case_seconds", label, _seconds(row["first"], now) if row else 0
        late = sum(group.count for group in looked.cases if group.urgency == tier and group.late)
        yield "plumbline_cases_late", label, late


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, round((now - since).total_seconds())) if since else 0.0
