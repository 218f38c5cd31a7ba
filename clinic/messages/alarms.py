"""Alarms that reached nobody: what staff pages and `/healthz` say while a case waits and no mail about it arrived."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Case, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value, When
from django.utils import timezone

from clinic.messages.dispatch import MAY_BE_SILENT
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message

Status = Message.Status


def held_up_since() -> list[datetime]:
    """Return since when each alarm has reached nobody, the oldest first.

    One is under way for over a minute, or failed for everybody. Of the kinds that find people for a case: a mail to one
    account, or one full mailbox among others, is no alarm.
    """
    a_minute_ago = timezone.now() - MAY_BE_SILENT
    never_tried = Q(outcome="", due_at__lt=a_minute_ago)
    first_due = Q(first_due_at__lt=a_minute_ago) | Q(first_due_at=None, created_at__lt=a_minute_ago)
    late = (never_tried | ~Q(outcome="") & first_due) & ~Q(status=Status.FAILED)
    waits = _announced().filter(status__in=(*Message.UNSETTLED, Status.FAILED))  # an index holds these
    rows = waits.filter(late | Q(status=Status.FAILED)).exclude(Exists(_arrived(OuterRef)))
    found = defaultdict(list)
    for message in rows.order_by("kind", "subject_id", "-created_at").distinct("kind", "subject_id"):
        found[message.kind].append(_as_announced(message))
    waiting = [message for kind, messages in found.items() for message in KINDS[kind].still_waiting(messages)]
    return sorted(message.due_since for message in waiting)


def _announced() -> QuerySet:
    """Announcements and the messages to each of their people, with the key of the announcement as `announced_by`."""
    own_message = Func(F("key"), Value(":[0-9]+$"), Value(""), function="regexp_replace")
    announced_by = Case(When(recipient="", then=F("key")), default=own_message, output_field=TextField())
    finding = [name for name, kind in KINDS.items() if kind.finds_people]
    return Message.objects.filter(kind__in=finding).annotate(announced_by=announced_by)


def _arrived(outer: type[OuterRef]) -> QuerySet:
    """Messages that reached somebody in the same announcement, or about the same thing later."""
    same_thing = {"kind": outer("kind"), "subject_id": outer("subject_id")}
    since = Q(announced_by=outer("announced_by")) | Q(created_at__gt=outer("created_at"))
    return _announced().filter(since, status=Status.SENT, **same_thing).exclude(recipient="")


def _as_announced(message: Message) -> Message:
    """The message with nobody in it: whether the thing itself still needs somebody, whoever works there by now."""
    message.recipient = ""
    return message
