"""Several referrals at once: given to a colleague, or put off to a day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from clinic.staff.models import User
from referrals.models import Referral
from referrals.moves.carrier_emails import many_handed_over
from referrals.moves.carrying import set_next_check
from referrals.moves.schedule import morning_of
from referrals.moves.steps import NotYet, What, check_may, lock, newest_line, still_open, write_down

MOVED = "somebody moved it since you ticked it"


@dataclass
class Done:
    """What became of each: done, or left as it was, with why."""

    done: list[Referral] = field(default_factory=list)
    left: list[tuple[Referral, str]] = field(default_factory=list)


@transaction.atomic
def hand_over_many(
    referrals: Collection[UUID], *, to: User, by: User, words: str = "", saw: Mapping[UUID, int] | None = None
) -> Done:
    """Let a colleague carry these from now on, and tell them in one mail how many.

    What has ended, is theirs already, is at a location where they do not work or was moved since the line that was seen
    of it (`saw`) is left as it is.
    """
    check_may(by)
    check_may(to)
    result, lines = Done(), []
    works_at = set(to.locations.values_list("pk", flat=True))
    for one in _in_turn(referrals, by):
        referral = lock(one)
        why = _why_not_to(referral, to, works_at) or _moved(referral, saw)
        if why:
            result.left.append((referral, why))
            continue
        referral.owner = to
        referral.save(update_fields=["owner"])
        lines.append(write_down(referral, What.HANDED_OVER, by=by, note=f"To {to}. {words}".strip()))
        result.done.append(referral)
    if lines:
        many_handed_over(lines, to=to, by=by)
    return result


def _why_not_to(referral: Referral, to: User, works_at: set[int]) -> str:
    if not referral.is_open:
        return "it has ended"
    if referral.owner_id == to.pk:
        return f"{to} carries it already"
    return "" if referral.location_id in works_at else f"{to} does not work at {referral.location}"


def _moved(referral: Referral, saw: Mapping[UUID, int] | None) -> str:
    seen = (saw or {}).get(referral.public_id)
    return MOVED if seen is not None and seen != newest_line(referral) else ""


@transaction.atomic
def put_off_many(
    referrals: Collection[UUID], *, day: date, by: User, words: str, saw: Mapping[UUID, int] | None = None
) -> Done:
    """Look again at these in the morning of a day, for a reason.

    It is the morning of each location. What may not wait so long, has ended or was moved since the line that was seen
    of it (`saw`) is left as it is. One that was put off to that morning already is done.
    """
    check_may(by)
    if not words.strip():
        raise NotYet("Say why they can wait.")
    result = Done()
    for one in map(lock, _in_turn(referrals, by)):
        at = morning_of(day, one.location.zone)
        why = _why_not_until(one, at) or _moved(one, saw)
        if why and one.next_check_at != at:
            result.left.append((one, why))
        else:
            result.done.append(one if why else set_next_check(one, at=at, words=words, by=by))
    return result


def _why_not_until(referral: Referral, at: datetime) -> str:
    try:
        still_open(referral, until=at)
    except NotYet as error:
        return error.words
    return ""


def _in_turn(referrals: Collection[UUID], by: User) -> list[Referral]:
    """Return what this person sees of these, always in the same order.

    So two who press at once wait for each other.
    """
    rows = Referral.objects.visible_to(by).filter(public_id__in=referrals)
    return list(rows.select_related("location", "patient").order_by("pk"))
