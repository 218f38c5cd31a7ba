"""Several referrals at once: given to a colleague, or put off to a day."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.staff.models import User
from referrals.models import Referral
from referrals.moves.carrier_emails import many_handed_over
from referrals.moves.carrying import set_next_check
from referrals.moves.steps import NotYet, What, check_may, lock, still_open, write_down


@dataclass
class Done:
    """What became of each: done, or left as it was, with why."""

    done: list[Referral] = field(default_factory=list)
    left: list[tuple[Referral, str]] = field(default_factory=list)


@transaction.atomic
def hand_over_many(referrals: Collection[UUID], *, to: User, by: User, words: str = "") -> Done:
    """Let a colleague carry these from now on, and tell them in one mail how many.

    What has ended, is theirs already or is at a location where they do not work is left as it is.
    """
    check_may(by)
    check_may(to)
    result, lines = Done(), []
    works_at = set(to.locations.values_list("pk", flat=True))
    for one in _in_turn(referrals, by):
        referral = lock(one)
        why = _why_not_to(referral, to, works_at)
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


@transaction.atomic
def put_off_many(referrals: Collection[UUID], *, at: datetime, by: User, words: str) -> Done:
    """Look again at these at `at`, for a reason.

    What may not wait so long, or has ended, is left as it is.
    """
    check_may(by)
    if not words.strip():
        raise NotYet("Say why they can wait.")
    result = Done()
    for one in map(lock, _in_turn(referrals, by)):
        try:
            still_open(one, until=at)
        except NotYet as error:
            result.left.append((one, error.words))
        else:
            result.done.append(set_next_check(one, at=at, words=words, by=by))
    return result


def _in_turn(referrals: Collection[UUID], by: User) -> list[Referral]:
    """Return what this person sees of these, always in the same order.

    So two who press at once wait for each other.
    """
    rows = Referral.objects.visible_to(by).filter(public_id__in=referrals)
    return list(rows.select_related("location", "patient").order_by("pk"))
