"""Letting somebody go: hand over, then close the account, all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from clinic.owning.people import close_account
from clinic.owning.rules import check_manages
from clinic.staff.models import User
from intake.handover import actions as handover
from referrals import moves
from referrals.leaving.carried import carried_by
from referrals.models import Cover


@dataclass
class LetGo:
    """What became of it all, by how many."""

    given: int = 0
    raised: int = 0  # emergencies, which are handed to nobody
    referrals: int = 0
    left: int = 0  # where nobody else may take it: it waits for anybody, and the location is told
    uncovered: tuple[User, ...] = ()  # colleagues who are away and whom they covered


@transaction.atomic
def let_go(
    person: User, *, cases_to: Mapping[int, User], referrals_to: Mapping[int, User], by: User, words: str = ""
) -> LetGo:
    """Give what somebody carries to colleagues, and close their account.

    One colleague for each location. Nothing is handed over when the account may not be closed: they are the last of
    their role there.
    """
    check_manages(by, person)
    done = LetGo()
    for carried in carried_by(person, seen_by=by):
        to = cases_to.get(carried.place.pk)
        if to and carried.cases:
            ids = [case.public_id for case in carried.cases]
            over = handover.hand_over(ids, of=person, to={carried.place.pk: to}, by=by, words=words)
            done.given, done.raised = done.given + len(over.given), done.raised + len(over.raised)
        elif carried.cases:
            done.left += len(carried.cases)
        carrier = referrals_to.get(carried.place.pk)
        if carrier and carried.referrals:
            numbers = [referral.public_id for referral in carried.referrals]
            done.referrals += len(moves.hand_over_many(numbers, to=carrier, by=by, words=words).done)
        elif carried.referrals:
            done.left += len(carried.referrals)
    done.uncovered = _end_covers(person, by)
    close_account(person, by=by)
    return done


def _end_covers(person: User, by: User) -> tuple[User, ...]:
    """End the time in which they look after others' referrals; returns whose."""
    standing = Cover.objects.ahead(timezone.now()).at_places_of(by).filter(covered_by=person)
    away = tuple(dict.fromkeys(one.away for one in standing.select_related("away")))
    for one in standing:
        moves.end_cover(one, by=by)
    return away
