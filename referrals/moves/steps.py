"""What every action on a referral shares: who may, the lock, the line in the history, the next date."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.dateformat import format as date_format

from clinic.staff.models import Location, User
from clinic.staff.permissions import CARRY_REFERRALS
from intake.models import Urgency
from referrals.models import MoveNotAllowed, Referral, ReferralMove
from referrals.moves import schedule, telling

What = ReferralMove.What
Status = Referral.Status


class ReferralChanged(Exception):
    """Somebody moved the referral since the person acting last saw it; nothing was changed."""


class NotYet(Exception):
    """Something is missing before this step. `words` says what, for the person acting."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


def check_may(by: User | None, permission: str = CARRY_REFERRALS) -> None:
    if by is not None and not by.may(permission):
        raise PermissionDenied


def lock(referral: Referral, saw: int | None = None) -> Referral:
    """The row itself, held until the transaction ends.

    `saw` is the newest history line (its pk) on the page the person acted from; a newer one raises ReferralChanged.
    """
    locked = Referral.objects.select_for_update().get(pk=referral.pk)
    if saw is not None and saw != newest_line(locked):
        raise ReferralChanged
    return locked


def only_from(referral: Referral, to: str, *statuses: str) -> None:
    """Raise MoveNotAllowed for an action that begins elsewhere.

    Another may lead from here to the same status.
    """
    if referral.status not in statuses:
        raise MoveNotAllowed(referral, to)


def newest_line(referral: Referral) -> int:
    """Pk of the newest line of the history; 0 before the first."""
    return referral.moves.order_by("-pk").values_list("pk", flat=True).first() or 0


def all_since(referral: Referral, saw: int, *, by: User | None = None, office: str = "") -> list[ReferralMove]:
    """Return what happened since `saw`, where one person did all of it."""
    since = list(referral.moves.filter(pk__gt=saw).select_related("appointment"))
    theirs = all(move.by_id == by.pk if by else bool(office) and move.office == office for move in since)
    return since if theirs else []


def write_down(
    referral: Referral,
    what: str,
    *,
    by: User | None = None,
    office: str = "",
    note: str = "",
    channel: str = "",
    came_of: str = "",
) -> ReferralMove:
    """Write a line that leaves the status as it is.

    The next date it keeps is the one already set.
    """
    return ReferralMove.objects.create(
        referral=referral,
        what=what,
        from_status=referral.status,
        to_status=referral.status,
        to=referral.specialist,
        due_at=referral.next_check_at,
        by=by,
        office=office,
        note=note,
        channel=channel,
        came_of=came_of,
    )


def next_date(
    referral: Referral, status: str, now: datetime | None = None, appointment: datetime | None = None
) -> datetime:
    return schedule.next_check(
        status,
        Urgency(referral.urgency),
        now or timezone.now(),
        referral.location.opening_hours,
        appointment,
    )


def put_off_to(referral: Referral, now: datetime, *, to_call: bool = True) -> datetime:
    """Return the last moment at which somebody must look again.

    `to_call` is False where it is known that the patient has not to be called.
    """
    stands = referral.standing_appointment
    last = schedule.put_off_to(
        referral.status,
        Urgency(referral.urgency),
        now,
        referral.location.opening_hours,
        stands.starts_at if stands else None,
    )
    before = telling.look_before_the_day(referral, now, to_call=to_call)
    return min(last, before) if before else last


def still_open(referral: Referral, *, until: datetime | None = None) -> None:
    """Raise NotYet where it has ended, or `until` is too far off to look again."""
    if not referral.is_open:
        raise NotYet("This referral has ended. Open it again first.")
    now = timezone.now()
    last = put_off_to(referral, now)
    if until is None or now < until <= last:
        return
    said = date_format(last.astimezone(referral.location.zone), "l, F j, g:i A")
    if last == telling.look_before_the_day(referral, now):
        raise NotYet(f"The patient cannot come, or does not know of the day: look again by {said}.")
    if referral.urgency < Urgency.URGENT:
        raise NotYet("Choose a date from now up to 90 days ahead.")
    raise NotYet(f"This referral is {referral.tier.label.lower()}: look again by {said}.")


def least_busy(location: Location) -> User | None:
    """The member of the front desk there who carries the fewest open referrals."""
    is_open = ~Q(referrals_owned__status__in=Referral.ENDED)
    return (
        User.objects.front_desk_at(location)
        .annotate(carrying=Count("referrals_owned", filter=is_open))
        .order_by("carrying", "pk")
        .first()
    )
