"""What a manager chooses of the mails of the whole clinic: kinds on or off, and when reminders go (decision 0077)."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from clinic.messages.choice import CLINIC_OFF, NOT_SO_LONG, is_off_here
from clinic.messages.instead import see_that_it_is_heard
from clinic.messages.kinds import KINDS, Kind
from clinic.messages.leads import LEADS, USUAL, in_words
from clinic.messages.models import MailChoice, Message
from clinic.owning.rules import NotAllowed
from clinic.owning.words import write_down
from clinic.staff.changes import ClinicChange
from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_LOCATIONS

Status = Message.Status
ONCE_AT_LEAST = "Choose one time at least, or turn these reminders off."


@transaction.atomic
def turn_kind(name: str, *, on: bool, by: User) -> int:
    """Turn a kind of message on or off for the whole clinic.

    Returns how many that waited are withdrawn. Turned on again, those come back whose time is still to come. Nothing is
    sent late.
    """
    kind, choice = _chosen(name, by)
    if not kind.may_be_off:
        raise NotAllowed(f"{kind.title} cannot be turned off. {kind.why_it_stays}")
    was_on = name not in choice.off
    if was_on == on:
        return 0
    choice.off = [one for one in choice.off if one != name] + ([] if on else [name])
    choice.save()
    words = {True: "on", False: "off"}
    write_down(ClinicChange.What.MAILS, before={kind.title: words[was_on]}, after={kind.title: words[on]}, by=by)
    if on:
        _come_back(kind, CLINIC_OFF)
        return 0
    return _withdraw(kind, CLINIC_OFF)


@transaction.atomic
def remind_before(name: str, hours: Collection[int], *, by: User) -> int:
    """Choose how long before it patients are reminded of a visit.

    Returns how many that waited are withdrawn. It holds for what is booked already: a reminder that is new and still to
    come is put into the outbox.
    """
    kind, choice = _chosen(name, by)
    if name not in USUAL or not set(hours) <= set(LEADS):
        raise NotAllowed(f"{kind.title} has no such times.")
    if not hours:
        raise NotAllowed(ONCE_AT_LEAST)
    label, before = f"{kind.title}: goes", getattr(choice, name)
    if set(before) == set(hours):
        return 0
    setattr(choice, name, sorted(hours, reverse=True))
    choice.save()
    write_down(ClinicChange.What.MAILS, before={label: in_words(before)}, after={label: in_words(hours)}, by=by)
    gone = _withdraw(kind, NOT_SO_LONG, set(before) - set(hours))
    if not is_off_here(name):
        _come_back(kind, NOT_SO_LONG, set(hours))
        kind.remind_anew()
    return gone


def _chosen(name: str, by: User) -> tuple[Kind, MailChoice]:
    """Return the kind and what was chosen, held.

    Of two managers the second sees what the first did.
    """
    if not by.may(MANAGE_LOCATIONS):
        raise PermissionDenied
    if name not in KINDS:
        raise NotAllowed("There is no such kind of message.")
    MailChoice.objects.get_or_create(pk=1)
    return KINDS[name], MailChoice.objects.select_for_update().get(pk=1)


def _withdraw(kind: Kind, why: str, hours: Collection[int] | None = None) -> int:
    """Take what waits of this kind out of the outbox.

    Whoever would not hear otherwise is seen to.
    """
    gone = 0
    for message in Message.objects.filter(kind=kind.name, status=Status.SCHEDULED).select_related("location"):
        if hours is not None and kind.hours_before(message) not in hours:
            continue
        kind.hold(message)
        waits = Message.objects.filter(pk=message.pk, status=Status.SCHEDULED)
        if waits.update(status=Status.SKIPPED, outcome=why, settled_at=timezone.now()):
            message.status, message.outcome = Status.SKIPPED, why
            see_that_it_is_heard(message)
            gone += 1
    return gone


def _come_back(kind: Kind, why: str, hours: Collection[int] | None = None) -> None:
    """Let wait again what was withdrawn and is still to come.

    Of two about the same, the newer.
    """
    gone = Message.objects.filter(kind=kind.name, status=Status.SKIPPED, outcome=why, due_at__gt=timezone.now())
    waits = Message.objects.filter(kind=kind.name, status=Status.SCHEDULED)
    gone = gone.exclude(Exists(waits.filter(subject_id=OuterRef("subject_id"), due_at=OuterRef("due_at"))))
    newest = gone.order_by("subject_id", "due_at", "-created_at").distinct("subject_id", "due_at")
    back = [one.pk for one in newest if hours is None or kind.hours_before(one) in hours]
    Message.objects.filter(pk__in=back).update(status=Status.SCHEDULED, outcome="", settled_at=None)
