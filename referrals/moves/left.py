"""Whoever carried referrals has left: the desk of the location hears of it, until somebody carries each of them."""

import logging
from datetime import datetime

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from clinic.staff.models import Location, User
from referrals.models import Referral
from referrals.moves.carrier_emails import referrals_left

log = logging.getLogger(__name__)


@shared_task(name="referrals.moves.tell_of_those_left")
def tell_of_those_left_task() -> None:
    tell_of_those_left(timezone.now())


@transaction.atomic
def tell_of_those_left(now: datetime) -> int:
    """Write to each desk where somebody's referrals have no carrier any more.

    Returns of how many people. One mail for all of a person, at once and again each day the location opens. An account
    is closed in more than one way, so it is found here, not where it is closed.
    """
    left = Referral.objects.left_behind(now).order_by().values_list("owner", "location").distinct()
    return sum(_tell(*pair, now) for pair in left)


def _tell(owner: int, place: int, now: datetime) -> bool:
    location = Location.objects.get(pk=place)
    try:
        referrals_left(User.objects.get(pk=owner), location, now)
    except (KeyError, TypeError, ValueError) as error:  # hours that make no sense must not silence the others
        log.error("Location number %s has no hours to go by: %s", location.pk, type(error).__name__)
        return False
    return True
