"""Changing the directory. A listing is taken off the list, never deleted, and its history stays.

The one exception is an import that is taken back before anybody used it.
"""

from typing import Any

from django.db import transaction

from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_DIRECTORY
from referrals.models import Specialist
from referrals.moves import undelivered
from referrals.moves.listing_emails import listing_changed
from referrals.moves.steps import ReferralChanged, check_may


def hold(pk: int | None) -> Specialist | None:
    """Return this listing, held until the transaction ends; None where there is none.

    A listing is held before a referral. It is held without its key: a line in the history of a referral names its
    office, and whoever writes one holds the referral already. The two would wait for each other.
    """
    return Specialist.objects.select_for_update(no_key=True).filter(pk=pk).first()


@transaction.atomic
def add_listing(*, by: User, **fields: Any) -> Specialist:
    check_may(by, MANAGE_DIRECTORY)
    return Specialist.objects.create(**fields)


@transaction.atomic
def change_listing(specialist: Specialist, *, by: User, saw: int | None = None, **fields: Any) -> Specialist:
    """Change a listing, and tell those whose letters go another way from now on.

    `saw` is the `listing_version` the person started from; a newer one raises ReferralChanged."""
    check_may(by, MANAGE_DIRECTORY)
    specialist = Specialist.objects.select_for_update(no_key=True).get(pk=specialist.pk)
    if saw is not None and saw != listing_version(specialist):
        raise ReferralChanged
    before = _ways_to_the_office(specialist)
    for name, value in fields.items():
        setattr(specialist, name, value)
    specialist.save()
    if _ways_to_the_office(specialist) != before:
        listing_changed(specialist, version=listing_version(specialist), by=by)
    if specialist.email and _ways_to_the_office(specialist)[0] != before[0]:
        undelivered.address_corrected(specialist, by=by)
    return specialist


def _ways_to_the_office(specialist: Specialist) -> tuple[str, str]:
    """Return where letters go: the mail address, and the fax by its digits. The last of them open the office's link."""
    return specialist.email.casefold(), "".join(filter(str.isdigit, specialist.fax))


def listing_version(specialist: Specialist) -> int:
    """Grows with every change of the listing, however it was made."""
    return specialist.history.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0
