"""Times an office proposes, and what the desk makes of them: it takes one, or asks for others.

The patient is told of the one that was taken, as of any appointment, and of no other.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from clinic.staff.models import User
from referrals.models import Appointment, MoveNotAllowed, ProposedTime, Referral
from referrals.models.proposals import MOST_TIMES
from referrals.moves import news
from referrals.moves.answers import give_appointment
from referrals.moves.delivery_emails import times_answered
from referrals.moves.steps import NotYet, Status, What, check_may, lock, next_date, write_down


@transaction.atomic
def propose_times(
    referral: Referral,
    *,
    times: Sequence[datetime],
    time_zone: str,
    instructions: str = "",
    office: str,
    saw: int | None = None,
) -> list[ProposedTime]:
    """Give the desk up to three times to choose from.

    Those proposed before do not stand any more. The next step is ours: an office does not keep three times
    free for long.
    """
    referral, now = lock(referral, saw), timezone.now()
    if referral.status not in Referral.TIMES_STAND_IN:
        raise MoveNotAllowed(referral, Status.SCHEDULED)
    if not 1 <= len(set(times)) <= MOST_TIMES or min(times) <= now:
        raise NotYet(_("Give one to three times in the future."))
    if referral.proposed_times.filter(proposed_at__gte=now).exists():  # one moment tells which of them stand
        raise NotYet(_("Other times were proposed at this very moment. Read them first; then propose yours."))
    proposed = [
        ProposedTime.objects.create(
            referral=referral,
            starts_at=at,
            time_zone=time_zone,
            instructions=instructions,
            given_by=office,
            proposed_at=now,
        )
        for at in sorted(set(times))
    ]
    due = next_date(referral, Status.QUESTION, now)
    referral.times_proposed_at, referral.next_check_at = now, min(referral.next_check_at or due, due)
    referral.save(update_fields=["times_proposed_at", "next_check_at"])
    write_down(referral, What.PROPOSED, office=office, note=in_words(times, time_zone))
    news.has_answered(referral, by=None)
    return proposed


@transaction.atomic
def take_time(referral: Referral, proposed: ProposedTime, *, by: User, saw: int | None = None) -> Appointment:
    """Take one of the proposed times; the patient and the office hear of it."""
    check_may(by)
    referral = lock(referral, saw)
    if proposed not in referral.standing_times:
        raise NotYet("This time does not stand any more. Choose another, or ask for others.")
    appointment = give_appointment(
        referral,
        starts_at=proposed.starts_at,
        time_zone=proposed.time_zone,
        instructions=proposed.instructions,
        given_by=proposed.given_by,
        by=by,
    )
    times_answered(appointment.referral)
    return appointment


@transaction.atomic
def ask_other_times(referral: Referral, *, words: str, by: User, saw: int | None = None) -> Referral:
    """Ask the office for other times, and say which.

    None of those it proposed stands any more.
    """
    check_may(by)
    if not words.strip():
        raise NotYet("Write which times would suit the patient.")
    referral, now = lock(referral, saw), timezone.now()
    if referral.times_proposed_at is None:
        raise NotYet("The office proposes no times now.")
    stands = referral.standing_appointment if referral.status == Status.SCHEDULED else None
    referral.times_proposed_at = None
    referral.next_check_at = next_date(referral, referral.status, now, stands.starts_at if stands else now)
    referral.save(update_fields=["times_proposed_at", "next_check_at"])
    write_down(referral, What.OTHER_TIMES, by=by, note=words.strip())
    times_answered(referral)
    return referral


def in_words(times: Sequence[datetime], time_zone: str) -> str:
    """Return the times as the history says them: one a line, on the office's clock."""
    local = sorted(at.astimezone(ZoneInfo(time_zone)) for at in set(times))
    return "\n".join(f"{date_format(at, 'D, M j, Y, g:i A')} {at.tzname()}" for at in local)
