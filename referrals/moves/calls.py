"""A call that somebody made about a referral: whom, what came of it, and when to look again."""

from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dateformat import format as date_format

from clinic.staff.models import User
from intake.models import Contact
from referrals.models import CameOf, Referral
from referrals.moves.steps import What, check_may, lock, next_date, put_off_to, still_open, write_down
from referrals.moves.waiting import try_again_at


class Whom(TextChoices):
    """Who was called."""

    OFFICE = "office", "The office"
    PATIENT = "patient", "The patient"


NOT_REACHED = (CameOf.NO_ANSWER, CameOf.MESSAGE)
DAYS = {CameOf.MESSAGE: 1, CameOf.CALLS_BACK: 2}  # working days until we look again


def look_again(
    referral: Referral, outcome: str, now: datetime, *, whom: str = Whom.OFFICE, last: datetime | None = None
) -> datetime:
    """Return when to look again after a call.

    Never after `last`, which is as far as it may be put off: at an urgent referral not longer than its step may take. A
    patient who was not reached is tried again as after any other try.
    """
    hours, stands = referral.location.opening_hours, referral.standing_appointment
    if whom == Whom.PATIENT and outcome in NOT_REACHED:
        at = try_again_at(referral, now)
    elif outcome == CameOf.NO_ANSWER:
        at = hours.opening_on_a_later_day(now)
    elif outcome in DAYS:
        at = hours.after_working_days(now, DAYS[outcome])
    else:
        at = next_date(referral, referral.status, now, stands.starts_at if stands else now)
    return min(at, last or put_off_to(referral, now))


@transaction.atomic
def log_call(
    referral: Referral,
    *,
    outcome: str,
    by: User,
    whom: str = Whom.OFFICE,
    words: str = "",
    at: datetime | None = None,
    saw: int | None = None,
) -> Referral:
    """Write down a call and set when to look again.

    That is `at`, or what follows from the outcome. One that did not reach the patient is a try to reach them, and one
    that did ends the tries.
    """
    check_may(by)
    outcome, whom, now = CameOf(outcome), Whom(whom), timezone.now()
    referral = lock(referral, saw)
    still_open(referral)
    at = at or look_again(referral, outcome, now, whom=whom)
    still_open(referral, until=at)
    referral.next_check_at = at
    referral.save(update_fields=["next_check_at"])
    to_patient = whom == Whom.PATIENT
    said = date_format(at.astimezone(referral.location.zone), "l, F j, g:i A")
    write_down(
        referral,
        What.TRIED if to_patient and outcome in NOT_REACHED else What.PHONE,
        by=by,
        channel=Contact.Channel.PHONE if to_patient else "",
        came_of=outcome,
        note=f"{words_of_call(outcome, words)}\nAgain: {said}.",
    )
    return referral


def words_of_call(outcome: str, words: str) -> str:
    """Return how a line of the history begins that a call has left."""
    return f"{CameOf(outcome).label}. {words.strip()}".strip()
