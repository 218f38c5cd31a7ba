"""A call that somebody made about a referral: what came of it, and when to look again."""

from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dateformat import format as date_format

from clinic.staff.models import User
from referrals.models import Referral
from referrals.moves.steps import What, check_may, lock, next_date, put_off_to, still_open, write_down


class CameOf(TextChoices):
    """What came of a call, where that is no move of its own."""

    NO_ANSWER = "no_answer", "No answer"
    MESSAGE = "message", "Left a message"
    CALLS_BACK = "calls_back", "They call back"
    ON_IT = "on_it", "They are on it"


DAYS = {CameOf.MESSAGE: 1, CameOf.CALLS_BACK: 2}  # working days until we look again


def look_again(referral: Referral, outcome: str, now: datetime) -> datetime:
    """Return when to look again after a call.

    At an urgent referral never later than its step may take.
    """
    hours, stands = referral.location.opening_hours, referral.standing_appointment
    if outcome == CameOf.NO_ANSWER:
        at = hours.opening_on_a_later_day(now)
    elif outcome in DAYS:
        at = hours.after_working_days(now, DAYS[outcome])
    else:
        at = next_date(referral, referral.status, now, stands.starts_at if stands else now)
    return min(at, put_off_to(referral, now))


@transaction.atomic
def log_call(
    referral: Referral, *, outcome: str, by: User, words: str = "", at: datetime | None = None, saw: int | None = None
) -> Referral:
    """Write down a call and set when to look again.

    That is `at`, or what follows from the outcome.
    """
    check_may(by)
    outcome, now = CameOf(outcome), timezone.now()
    referral = lock(referral, saw)
    at = at or look_again(referral, outcome, now)
    still_open(referral, until=at)
    referral.next_check_at = at
    referral.save(update_fields=["next_check_at"])
    said = date_format(at.astimezone(referral.location.zone), "l, F j, g:i A")
    write_down(referral, What.PHONE, by=by, note=f"{outcome.label}. {words.strip()}".strip() + f"\nAgain: {said}.")
    return referral
