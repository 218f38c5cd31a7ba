"""What somebody carries who leaves, by location: open cases, open referrals. By how many, never by name."""

from collections import defaultdict
from dataclasses import dataclass, field

from clinic.staff.models import Location, User
from clinic.staff.permissions import CARRY_REFERRALS, DECIDE_CASES
from intake.handover.actions import open_cases_of
from intake.models import Case
from referrals.models import Referral


@dataclass
class Carried:
    """What is carried at one location, and who there may take it."""

    place: Location
    cases: list[Case] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    for_cases: list[User] = field(default_factory=list)
    for_referrals: list[User] = field(default_factory=list)


def carried_by(person: User, *, seen_by: User) -> list[Carried]:
    """Return what this person carries where the manager works.

    Elsewhere it comes back by itself.
    """
    found: dict[int, Carried] = {}
    here = {place.pk: place for place in seen_by.places()}
    by_place = defaultdict(list)
    for case in open_cases_of(person).filter(location__in=here):
        by_place[case.location_id].append(case)
    for referral in Referral.objects.visible_to(seen_by).open().filter(owner=person).order_by("pk"):
        by_place[referral.location_id].append(referral)
    for number, rows in by_place.items():
        others = User.objects.filter(is_active=True, locations=number).exclude(pk=person.pk)
        found[number] = Carried(
            here[number],
            cases=[row for row in rows if isinstance(row, Case)],
            referrals=[row for row in rows if isinstance(row, Referral)],
            for_cases=[one for one in others if one.may(DECIDE_CASES)],
            for_referrals=[one for one in others if one.may(CARRY_REFERRALS)],
        )
    return sorted(found.values(), key=lambda one: one.place.name)
