"""What a patient heard last of an appointment at an office, read from the mails that went and the calls made."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from clinic.messages.models import Message
from intake.models import CallToMake
from referrals.models import Referral

GIVEN = ["appointment_made", "appointment_moved"]
OF_APPOINTMENTS = [*GIVEN, "appointment_off", "appointment_reminder"]


@dataclass(frozen=True)
class Heard:
    """What a patient heard last of an appointment, when, and by which way.

    `starts_at` is the time they know of; None where they know that it is off. `by` is who told them on the phone.
    """

    at: datetime
    starts_at: datetime | None
    by: str = ""


def heard_last(referral: Referral) -> Heard | None:
    """Return what a mail or a call told the patient last; None while nothing did.

    A mail that was handed over may have arrived; one that only waits for its turn in a sweep has not.
    """
    mails = Message.objects.about("referral", referral.public_id).filter(kind__in=OF_APPOINTMENTS)
    handed_over = Q(status=Message.Status.SENDING) & (Q(handed_over_at__isnull=False) | Q(doubts__gt=0))
    went = [_by_mail(mail) for mail in mails.filter(Q(status=Message.Status.SENT) | handed_over)]
    made = CallToMake.objects.filter(subject_id=referral.public_id).exclude(done_at=None).select_related("done_by")
    called = [
        Heard(call.done_at, call.starts_at, by=call.done_by.name) for call in made if call.done_at and call.done_by
    ]
    return max([*went, *called], key=lambda heard: heard.at, default=None)


def _by_mail(message: Message) -> Heard:
    starts_at = None if message.kind == "appointment_off" else said_in(message)
    return Heard(message.settled_at or timezone.now(), starts_at)


def said_in(message: Message) -> datetime:
    """Return the time a mail tells of."""
    return datetime.fromisoformat(message.facts["starts_at"].partition("[")[0])


def is_the_same(one: datetime, other: datetime) -> bool:
    """Say whether two times are the same to the second, which is all that a mail says."""
    return abs(one - other) < timedelta(seconds=1)
