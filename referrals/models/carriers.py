"""Who looks after a referral: whoever carries it, and the desk of its location once they have left."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from clinic.staff.models import KEEPERS, OnCall, User
from clinic.staff.permissions import Role
from referrals.models.lists import Cover


def has_left(now: datetime) -> Q:
    """Return which referrals are carried by somebody who is not there any more.

    Their account is closed, or the location is none of theirs: the same rule as `User.places`, for every row at once.
    """
    here = {"location": OuterRef("location")}
    works_here = Exists(User.locations.through.objects.filter(user=OuterRef("owner"), **here))
    on_call = Exists(OnCall.objects.at(now).filter(person=OuterRef("owner"), **here))
    stands_in = Q(owner__role__in=KEEPERS) & ~Exists(User.objects.therapists_at(OuterRef("location")))
    return Q(owner__is_active=False) | ~(Q(works_here) | Q(on_call) | stands_in)


def covered_by(user: User, now: datetime) -> Q:
    """Return which referrals this person looks after while a colleague is away."""
    return Q(owner__in=Cover.objects.at(now).filter(covered_by=user).values("away"))


def covers(user: User, now: datetime) -> Q:
    """Return which referrals of others this person looks after.

    Those of who is away, and of who has left.
    """
    return covered_by(user, now) | _left_to(user, now)


def _left_to(user: User, now: datetime) -> Q:
    """Return which this person looks after because nobody carries them.

    The front desk does, and a manager where there is none.
    """
    if user.role == Role.FRONT_DESK:
        return has_left(now)
    if user.role == Role.MANAGER:
        return has_left(now) & ~Exists(User.objects.front_desk_at(OuterRef("location")))
    return Q(pk__in=())
