"""What passes between the patient and us about an appointment: the desk told them, they come, or they cannot."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from clinic.staff.models import User
from intake.models import CallToMake
from intake.visits import calls
from referrals.models import Appointment, Referral, ReferralMove
from referrals.moves import telling
from referrals.moves.asked_emails import patient_cannot_come
from referrals.moves.steps import NotYet, ReferralChanged, Status, What, check_may, lock, newest_line, next_date

Answer = Appointment.Answer


@transaction.atomic
def patient_told(referral: Referral, *, by: User, saw: int | None = None) -> Referral:
    """`by` has told the patient on the phone what no mail told them in time."""
    check_may(by)
    if saw is not None and saw != newest_line(referral):
        raise ReferralChanged
    call = telling.call_to_make(referral)
    if call is None or not calls.say_it_was_made(call, by=by):
        raise NotYet("Nobody has to be called about it any more.")
    referral.refresh_from_db()
    return referral


@receiver(calls.making)
def _lock_first(sender: CallToMake, **_more: Any) -> None:
    """Lock the referral before its call, as every other action does."""
    if sender.where == CallToMake.Where.OFFICE:
        lock(Referral.objects.get(public_id=sender.subject_id))


@receiver(calls.made)
def _told(sender: CallToMake, *, by: User, **_more: Any) -> None:
    """Write down who told the patient; the next step is what it was before."""
    if sender.where != CallToMake.Where.OFFICE:
        return
    referral = Referral.objects.get(public_id=sender.subject_id)
    stands = referral.standing_appointment
    if referral.status == Status.SCHEDULED and stands and not stands.cannot_come:
        _look_after_the_day(referral, stands)
    _line(referral, What.TOLD, by=by, appointment=stands)


@transaction.atomic
def patient_answers(referral: Referral, *, number: int, comes: bool) -> Appointment:
    """Keep what the patient says of appointment `number`: they come, or cannot.

    Who cannot is the desk's next step, due today and before they would have set out. Raises ReferralChanged when
    another appointment stands by now, or none.
    """
    referral, now = lock(referral), timezone.now()
    stands = referral.standing_appointment
    is_to_come = stands is not None and stands.pk == number and stands.starts_at > now
    if referral.status != Status.SCHEDULED or not is_to_come:
        raise ReferralChanged
    answer = Answer.COMES if comes else Answer.CANNOT
    if stands.answer == answer:
        return stands
    stands.answer, stands.answered_at = answer, now
    stands.save(update_fields=["answer", "answered_at"])
    if comes:
        _look_after_the_day(referral, stands)
        _line(referral, What.CONFIRMED, by_patient=True, appointment=stands)
        return stands
    due = min(referral.location.opening_hours.closing_of_the_day(now), stands.starts_at - telling.TOO_CLOSE)
    referral.next_check_at, referral.news_at = max(now, due), now
    referral.save(update_fields=["next_check_at", "news_at"])
    _line(referral, What.CANNOT_COME, by_patient=True, appointment=stands)
    patient_cannot_come(stands)
    return stands


def _look_after_the_day(referral: Referral, appointment: Appointment) -> None:
    if referral.undelivered_at:  # its hour stays
        return
    referral.next_check_at = next_date(referral, Status.SCHEDULED, appointment=appointment.starts_at)
    referral.save(update_fields=["next_check_at"])


def _line(referral: Referral, what: str, **more: Any) -> None:
    ReferralMove.objects.create(
        referral=referral,
        what=what,
        from_status=referral.status,
        to_status=referral.status,
        to=referral.specialist,
        due_at=referral.next_check_at,
        **more,
    )
