"""A decline that says that the listing is out of date: somebody sets the listing right, never the decline by itself."""

from typing import Any

from django.db import transaction

from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_DIRECTORY
from referrals.models import DeclineReason, Referral, Specialist
from referrals.models.plans import Match, match, on_file
from referrals.moves.directory import change_listing, hold
from referrals.moves.steps import NotYet, Status, What, check_may, lock, write_down


def out_of_date(referral: Referral) -> dict[str, Any]:
    """Return what its office said that the listing does not; nothing while it agrees."""
    office = referral.specialist
    if referral.status != Status.DECLINED or office is None:
        return {}
    declined = referral.moves.filter(what=What.DECLINED).last()
    reason = declined.reason if declined else ""
    if reason == DeclineReason.NOT_TAKING and office.accepts_new_patients:
        return {"accepts_new_patients": False}
    return _without(referral.patient.insurance_plan, office) if reason == DeclineReason.PLAN else {}


OF_PLANS = ("insurance_plans", "referral_plans", "authorization_plans")


def _without(plan: str, office: Specialist) -> dict[str, Any]:
    """Return the lists of plans that change once this one is taken off them.

    Nothing where it is the only one the office takes: a listing that names none counts as silent, and stands before
    those that take others.
    """
    if not on_file(plan):
        return {}
    before = {name: getattr(office, name) for name in OF_PLANS}
    after = {name: [one for one in plans if match(plan, [one])[0] != Match.SAME] for name, plans in before.items()}
    if not after["insurance_plans"] or after["insurance_plans"] == before["insurance_plans"]:
        return {}
    return {name: left for name, left in after.items() if left != before[name]}


def in_words(changes: dict[str, Any], plan: str) -> str:
    """Say what the listing will tell."""
    if not changes:
        return ""
    return "takes no new patients" if "accepts_new_patients" in changes else f"does not take {plan}"


@transaction.atomic
def update_listing(referral: Referral, *, by: User, saw: int | None = None) -> Referral:
    """Set the listing right by what its office said when it declined."""
    check_may(by, MANAGE_DIRECTORY)
    office = hold(referral.specialist_id)
    referral = lock(referral, saw)
    changes = out_of_date(referral)
    if not changes or office is None:
        raise NotYet("The listing says so already.")
    change_listing(office, by=by, **changes)
    said = in_words(changes, referral.patient.insurance_plan)
    write_down(referral, What.LISTING, by=by, note=f"{office.practice} {said}.")
    return referral
