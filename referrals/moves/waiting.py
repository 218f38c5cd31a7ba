"""What keeps a referral waiting, until somebody says what came; and the tries to reach its patient, until they end it.

Both set the next date: when it is over, the referral is overdue as ever.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Contact, Urgency
from intake.review.reaching import steps_left
from intake.review.schedule import next_try
from referrals.models import MoveNotAllowed, Referral, ReferralMove, WaitsFor
from referrals.moves import telling
from referrals.moves.steps import NotYet, Status, What, check_may, lock, next_date, still_open, write_down

MAY_WAIT = (Status.DRAFT, Status.SENT, Status.OPENED, Status.QUESTION, Status.ACCEPTED, Status.DECLINED, Status.NO_SHOW)
PATIENT_IS_NEXT = (Status.DRAFT, Status.QUESTION, Status.DECLINED, Status.NO_SHOW)  # where a try moves the date
SPOKE = Q(what__in=[What.TOLD, What.CONFIRMED, What.CANNOT_COME, What.REOPENED]) | Q(what=What.PHONE) & ~Q(channel="")


@transaction.atomic
def wait_for(
    referral: Referral, *, what: str, until: datetime, by: User, words: str = "", saw: int | None = None
) -> Referral:
    """Say for `what` (a WaitsFor) it waits, and by when somebody looks again.

    It is not sent meanwhile. Every move ends it, because another step is next; only that its office opens it does not.
    What presses waits no longer than its step may take.
    """
    check_may(by)
    referral = lock(referral, saw)
    if referral.status not in MAY_WAIT:
        raise MoveNotAllowed(referral, referral.status)
    still_open(referral, until=until)
    referral.waits_for, referral.next_check_at = what, until
    referral.save(update_fields=["waits_for", "next_check_at"])
    write_down(referral, What.WAITS, by=by, note=f"{WaitsFor(what).label}. {words}".strip())
    return referral


@transaction.atomic
def it_came(referral: Referral, *, words: str, by: User, saw: int | None = None) -> Referral:
    """End the wait by saying what came; the date is that of the next step again."""
    check_may(by)
    if not words.strip():
        raise NotYet("Say what came.")
    referral = lock(referral, saw)
    if not referral.waits_for:
        raise NotYet("It waits for nothing any more.")
    end_wait(referral, words=words.strip(), by=by)
    return referral


def end_wait(referral: Referral, *, words: str, by: User) -> None:
    """Write down what came, and set the date of the next step; the row is locked."""
    label = WaitsFor(referral.waits_for).label
    referral.waits_for, referral.next_check_at = "", next_date(referral, referral.status)
    referral.save(update_fields=["waits_for", "next_check_at"])
    write_down(referral, What.CAME, by=by, note=f"{label}. {words}")


# Reaching the patient -------------------------------------------------------------------------------------------------


def tries_of(referral: Referral) -> Sequence[ReferralMove]:
    """Return the tries that failed since somebody last spoke with the patient."""
    spoke = referral.moves.filter(SPOKE).order_by("-pk").values_list("pk", flat=True).first() or 0
    return list(referral.moves.filter(what=What.TRIED, pk__gt=spoke))


def left_before_closing(referral: Referral) -> list[str]:
    """Return what is left to do before the patient counts as not reached."""
    return steps_left(tries_of(referral), referral.patient, referral.location.zone)


def try_again_at(referral: Referral, now: datetime) -> datetime:
    """Return when a patient whom nobody reached is tried again.

    Where the next step is another's, its date stays when it is nearer.
    """
    again, due = next_try(Urgency(referral.urgency), now, referral.location.opening_hours), referral.next_check_at
    hangs_on_them = referral.status in PATIENT_IS_NEXT or referral.waits_for
    return again if hangs_on_them or due is None or due <= now else min(again, due)


@transaction.atomic
def tried(
    referral: Referral, *, channel: str, reached: bool, by: User, words: str = "", saw: int | None = None
) -> Referral:
    """Write down a try to reach the patient, by a Contact.Channel.

    One that failed is the next step at another time.
    """
    check_may(by)
    referral = lock(referral, saw)
    if not referral.is_open:
        raise NotYet("This referral has ended. Open it again first.")
    if reached and channel in Contact.WRITTEN:
        raise NotYet("What is written reaches nobody yet.")
    if not reached:
        now = timezone.now()
        before = telling.look_before_the_day(referral, now)
        referral.next_check_at = min(filter(None, (try_again_at(referral, now), before)))
        referral.save(update_fields=["next_check_at"])
    what = What.PHONE if reached else What.TRIED
    write_down(referral, what, by=by, channel=channel, note=f"{Contact.Channel(channel).label}. {words}".strip())
    return referral
