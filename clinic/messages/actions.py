"""Putting messages into the outbox, taking them out, giving a failed one another try."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.messages.bell import ring
from clinic.messages.choice import CLINIC_OFF
from clinic.messages.facts import NotSafe
from clinic.messages.kinds import KINDS
from clinic.messages.models import AddressOff, Message, MessageQuerySet
from clinic.staff.models import Location, User
from clinic.staff.permissions import SEE_MESSAGES

KEY = re.compile(r"[a-z_]+(:([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,9}))+")


def draft(
    kind: str,
    *,
    key: str,
    language: str,
    subject_type: str,
    subject_id: UUID,
    location: Location | None,
    to: str = "",
    due_at: datetime | None = None,
    facts: dict[str, Any] | None = None,
) -> Message:
    """Return a message for `schedule_all`, not stored yet.

    `key` is the kind and what makes this message the only one of its sort, as uuids and numbers: the mail carries
    it. `facts` are values its kind has declared as safe. A kind that finds its people when it goes has nobody in `to`.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no kind of message called {kind}.")
    if not (key.startswith(f"{kind}:") and KEY.fullmatch(key)):
        raise ValueError("The key of a message is its kind, then uuids and numbers, joined by colons.")
    if unsafe := set(facts or ()) - KINDS[kind].safe:
        raise NotSafe(f"{kind} has not declared {sorted(unsafe)[0]} as safe.")
    if not (to or KINDS[kind].finds_people):
        raise ValueError(f"A message needs an address ({key}).")
    return Message(
        key=key,
        kind=kind,
        recipient=to,
        language=language,
        subject_type=subject_type,
        subject_id=subject_id,
        location=location,
        facts=facts or {},
        due_at=due_at or timezone.now(),
    )


def schedule(kind: str, **known: Any) -> Message:
    """A row that will be sent once at `due_at` (now when left out), in the caller's transaction.

    It takes what `draft` takes. The same key again returns the row there is.
    """
    return schedule_all([draft(kind, **known)])[0]


def schedule_all(drafts: list[Message]) -> list[Message]:
    """Write rows that will each be sent once, in two statements, however many.

    In the caller's transaction. Returns them in order; of a key that was there already, the row there is.
    """
    if not drafts:
        return []
    Message.objects.bulk_create(drafts, ignore_conflicts=True)
    stored = {one.key: one for one in Message.objects.filter(key__in=[one.key for one in drafts])}
    now = timezone.now()
    if any(stored[one.key].pk == one.pk and one.due_at <= now for one in drafts):
        transaction.on_commit(ring)
    return [stored[one.key] for one in drafts]


def schedule_for_each(message: Message, people: list[User], *, key: str = "") -> None:
    """Schedule a message of their own, due now, for each of these people.

    `key` is that of the announcement, where `message` is a copy of it.
    """
    schedule_all(
        [
            draft(
                message.kind,
                key=f"{key or message.key}:{person.pk}",
                to=person.email,
                language=message.language,
                subject_type=message.subject_type,
                subject_id=message.subject_id,
                location=message.location,
                due_at=message.due_at,
                facts=message.facts,
            )
            for person in people
        ]
    )


def withdraw(
    *, subject_type: str, subject_id: UUID, why: str, kinds: list[str] | None = None, but: Collection[str] = ()
) -> int:
    """Messages about this subject that still wait are not sent, and say why. Returns how many.

    Those that the clinic has turned off say so too: they must not come back when it turns them on.
    """
    about = Message.objects.about(subject_type, subject_id).exclude(kind__in=but)
    if kinds is not None:
        about = about.filter(kind__in=kinds)
    about.filter(status=Message.Status.SKIPPED, outcome=CLINIC_OFF).update(outcome=why)
    waiting = about.filter(status=Message.Status.SCHEDULED)
    return waiting.update(status=Message.Status.SKIPPED, outcome=why, settled_at=timezone.now())


def settle_failed(failed: MessageQuerySet, *, why: str) -> int:
    """Settle failed messages that nobody needs any more, and say why."""
    told = {"status": Message.Status.SKIPPED, "outcome": why, "settled_at": timezone.now()}
    return failed.needing_a_person().update(**told)


def try_now(waiting: MessageQuerySet) -> None:
    """Messages that were put off are due now, as if for the first time."""
    put_off = waiting.filter(status=Message.Status.SCHEDULED).exclude(outcome="")
    if put_off.update(due_at=timezone.now(), first_due_at=None, outcome=""):
        transaction.on_commit(ring)


def readdress(*, subject_type: str, subject_id: UUID, to: str, language: str) -> None:
    """Messages about this subject that still wait go to the address and in the language given; to none, not at all."""
    if not to:
        withdraw(subject_type=subject_type, subject_id=subject_id, why="There is no address any more.")
        return
    waiting = Message.objects.about(subject_type, subject_id).filter(status=Message.Status.SCHEDULED)
    waiting.update(recipient=to, language=language)


def _correct(message: Message, to: str, by: User) -> None:
    """Write another address into the record, this message, and those to patients and offices that wait."""
    kind = KINDS.get(message.kind)
    if kind and not kind.corrected_by(by):
        raise PermissionDenied
    if kind:
        kind.new_address(message, to, by)
    waiting = Message.objects.filter(
        status=Message.Status.SCHEDULED, recipient=message.recipient, location=message.location
    )
    waiting.exclude(kind__in=[name for name, one in KINDS.items() if one.audience == "staff"]).update(recipient=to)
    message.recipient = to


@transaction.atomic
def send_again(message: Message, *, to: str = "", by: User) -> bool:
    """Try a failed message again. False when it is not failed (any more).

    Another address `to` is a correction of the record behind it, of other messages to it that wait as well, and takes
    what that takes: PermissionDenied without. Left out, the message goes where it would go now.
    """
    if not by.may(SEE_MESSAGES):
        raise PermissionDenied
    if message.kind in KINDS:
        KINDS[message.kind].hold(message)
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.status != Message.Status.FAILED:
        return False
    with pghistory.context(user=by.pk):
        if to and message.recipient and to != message.recipient:  # an announcement has no address to correct
            _correct(message, to, by)
        offs = AddressOff.objects.filter(address__iexact=message.recipient, ended_at=None)
        offs.update(ended_at=timezone.now(), ended_by=by)  # whoever sends it there again says that it works
        message.status = Message.Status.SCHEDULED
        message.outcome, message.settled_at, message.handed_over_at = "", None, None
        message.attempts, message.doubts, message.due_at = 0, 0, timezone.now()
        message.first_due_at = None
        message.save()
        if message.kind in KINDS:
            KINDS[message.kind].sent_again(message, by)
    transaction.on_commit(ring)
    return True
