"""Whose turn it is on an open referral: ours, its office's, its patient's.

Said once as a condition for the database, which filters and counts by it. Whose the next step of `page` is follows the
same table, and a test holds the two together.
"""

from datetime import datetime

from django.db.models import Case, CharField, Exists, OuterRef, Q, TextChoices, Value, When

from intake.models import CallToMake
from referrals.models import Appointment, Referral

Status = Referral.Status


class Turn(TextChoices):
    US = "us", "Our turn"
    OFFICE = "office", "An office's turn"
    PATIENT = "patient", "The patient's turn"


# Who has to do something while a referral rests in a status, before its next date. In any other we do.
WAITS_FOR: dict[str, Turn] = {
    Status.SENT: Turn.OFFICE,
    Status.OPENED: Turn.OFFICE,
    Status.ACCEPTED: Turn.OFFICE,
    Status.SCHEDULED: Turn.PATIENT,
    Status.SEEN: Turn.OFFICE,
}


def whose_turn(now: datetime) -> Case:
    """Return the turn of each row.

    Ours once its date has passed, a mail was lost or the patient must be called, while it waits for what we get, and
    while one of the times an office proposes is to be taken.
    """
    ours = ~Q(status__in=WAITS_FOR) | Q(undelivered_at__isnull=False) | Q(next_check_at__lt=now) | _before_the_day(now)
    ours |= ~Q(waits_for="") | Q(times_proposed_at__isnull=False)
    others = [When(status=status, then=Value(turn.value)) for status, turn in WAITS_FOR.items()]
    return Case(When(ours, then=Value(Turn.US.value)), *others, output_field=CharField())


def _before_the_day(now: datetime) -> Q:
    """Return of which the patient cannot come, or does not know of the day yet."""
    stands = Appointment.objects.filter(referral=OuterRef("pk"), replaced_at=None, starts_at__gt=now)
    to_call = CallToMake.objects.filter(subject_id=OuterRef("public_id"), done_at=None)
    cannot, unanswered = stands.filter(answer=Appointment.Answer.CANNOT), stands.filter(answer="")
    return Q(status=Status.SCHEDULED) & (Q(Exists(cannot)) | Q(Exists(unanswered)) & Q(Exists(to_call)))
