"""What a manager chooses of the mails of the whole clinic: kinds on or off, and when reminders go (decision 0077)."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.messages.choice import CLINIC_OFF
from clinic.messages.instead import see_that_it_is_heard
from clinic.messages.kinds import KINDS, Kind
from clinic.messages.leads import A_DAY, LEADS, USUAL, in_words
from clinic.messages.models import MailChoice, Message
from clinic.owning.rules import NotAllowed
from clinic.owning.words import write_down
from clinic.staff.changes import ClinicChange
from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_LOCATIONS

Status = Message.Status
ONCE_AT_LEAST = "Choose one time at least, or turn these reminders off."
A_DAY_AT_LEAST = "Choose a day or more besides: of a visit in the morning nobody can be reminded 3 hours before."


@transaction.atomic
def turn_kind(name: str, *, on: bool, by: User) -> int:
    """Turn a kind of message on or off for the whole clinic.

    Returns how many that waited are withdrawn. Turned on again, those wait again whose time is still to come, and no
    other: nothing is sent late.
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
        _come_back(kind)
        return 0
    return _withdraw(kind)


@transaction.atomic
def remind_before(name: str, hours: Collection[int], *, by: User) -> None:
    """Choose how long before it patients are reminded of a visit.

    It holds for what is booked or moved from now on. What waits already stays as it is.
    """
    kind, choice = _chosen(name, by)
    if name not in USUAL or not set(hours) <= set(LEADS):
        raise NotAllowed(f"{kind.title} has no such times.")
    if not hours:
        raise NotAllowed(ONCE_AT_LEAST)
    if max(hours) < A_DAY:
        raise NotAllowed(A_DAY_AT_LEAST)
    label, before = f"{kind.title}: goes", getattr(choice, name)
    if set(before) == set(hours):
        return
    setattr(choice, name, sorted(hours, reverse=True))
    choice.save()
    write_down(ClinicChange.What.MAILS, before={label: in_words(before)}, after={label: in_words(hours)}, by=by)


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


def _withdraw(kind: Kind) -> int:
    """Take what waits of this kind out of the outbox.

    Whoever would not hear otherwise is seen to.
    """
    gone = 0
    for message in Message.objects.filter(kind=kind.name, status=Status.SCHEDULED).select_related("location"):
        kind.hold(message)
        waits = Message.objects.filter(pk=message.pk, status=Status.SCHEDULED)
        if waits.update(status=Status.SKIPPED, outcome=CLINIC_OFF, settled_at=timezone.now()):
            message.status, message.outcome = Status.SKIPPED, CLINIC_OFF
            see_that_it_is_heard(message)
            gone += 1
    return gone


def _come_back(kind: Kind) -> None:
    """Let wait again what was withdrawn and is still to come.

    Of a visit that moved meanwhile nothing does: what told of the time before has another reason by then.
    """
    gone = Message.objects.filter(kind=kind.name, status=Status.SKIPPED, outcome=CLINIC_OFF)
    gone.filter(due_at__gt=timezone.now()).update(status=Status.SCHEDULED, outcome="", settled_at=None)
