"""Changing the on-call list of a location. Each change has a name and a time, and is told to whoever it is about."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.on_call import emails
from clinic.staff.models import MOST_FOR_ONESELF, Location, OnCall, User
from clinic.staff.permissions import KEEP_WATCH

AT_LEAST = timedelta(hours=1)
ASKED_FOR = timedelta(hours=12)


class TooLong(Exception):
    """Somebody would give themselves more than a week; somebody else may."""


@transaction.atomic
def put_on_call(
    location: Location,
    *,
    person: User,
    starts_at: datetime,
    ends_at: datetime,
    phone: str,
    by: User,
    now: datetime | None = None,
) -> OnCall:
    """Put a person on the list of a location, from now at the earliest.

    Whoever stands on it for just that time stays: twice is once, and one press takes them off again. Raises TooLong
    when one puts oneself on for more than a week in all.
    """
    now = now or timezone.now()
    _may_change(location, by)
    if not person.may(KEEP_WATCH):
        raise PermissionDenied
    starts_at = max(starts_at, now)  # nobody was on call before somebody put them there
    standing = OnCall.objects.ahead(now).on_the_list().filter(location=location, person=person, phone=phone)
    if there := standing.filter(starts_at__lte=starts_at, ends_at=ends_at).first():
        return there
    if person.pk == by.pk:
        _may_put_oneself(location, by, (starts_at, ends_at), now)
    shift = OnCall.objects.create(
        location=location, person=person, starts_at=starts_at, ends_at=ends_at, phone=phone, put_by=by, put_at=now
    )
    emails.put_on_call(shift)
    by.forget_places()
    return shift


@transaction.atomic
def take_over(location: Location, *, by: User, now: datetime | None = None) -> OnCall:
    """Put `by` on the list from now until the doors open next.

    While they are open, that is through the night to come. Whoever is on it for so long anyhow stays as they are.
    """
    now = now or timezone.now()
    until = _next_opening(location, now)
    User.objects.select_for_update().get(pk=by.pk)  # of two windows the second sees what the first has put down
    here = OnCall.objects.at(now).on_the_list().filter(location=location, person=by, ends_at__gte=until)
    if standing := here.first():
        return standing
    return put_on_call(location, person=by, starts_at=now, ends_at=until, phone=location.on_call_phone, by=by, now=now)


def let_look(location: Location, *, person: User, by: User, now: datetime) -> OnCall:
    """Let whoever was asked from elsewhere see the cases of a location for a time.

    The list stays as it is: who hears first, and whom to phone.
    """
    return OnCall.objects.create(
        location=location,
        person=person,
        starts_at=now,
        ends_at=now + ASKED_FOR,
        asked=True,
        put_by=by,
        put_at=now,
    )


@transaction.atomic
def end_on_call(shift: OnCall, *, by: User, now: datetime | None = None) -> bool:
    """Take a shift off the list; False when it was over or off before.

    Everybody may end their own.
    """
    now = now or timezone.now()
    shift = OnCall.objects.select_for_update(of=("self",)).select_related("location", "person").get(pk=shift.pk)
    if shift.person_id != by.pk:
        _may_change(shift.location, by)
    if shift.taken_off_at or shift.ends_at <= now:
        return False
    shift.taken_off_by, shift.taken_off_at = by, now
    shift.save(update_fields=["taken_off_by", "taken_off_at"])
    emails.taken_off_call(shift)
    by.forget_places()
    return True


@transaction.atomic
def they_know(shift: OnCall, *, taken_off: bool, by: User, now: datetime | None = None) -> bool:
    """Note that `by` told a person of the last change, where no mail did.

    `taken_off` says which one stood on the page: that they were taken off, or put on. False, and nothing is noted, when
    it is not the last one any more: of the newer one nobody has told them.
    """
    shift = OnCall.objects.select_for_update(of=("self",)).select_related("location").get(pk=shift.pk)
    _may_change(shift.location, by)
    if taken_off != bool(shift.taken_off_at):
        return False
    shift.known_by, shift.known_at = by, now or timezone.now()
    shift.save(update_fields=["known_by", "known_at"])
    return True


def _may_change(location: Location, by: User) -> None:
    """Refuse whoever sees this location only because they are on call there."""
    if not (by.may(KEEP_WATCH) and by.own_places().filter(pk=location.pk).exists()):
        raise PermissionDenied


def _may_put_oneself(location: Location, by: User, span: tuple[datetime, datetime], now: datetime) -> None:
    if not by.locations.filter(pk=location.pk).exists():
        raise PermissionDenied
    User.objects.select_for_update().get(pk=by.pk)  # two windows of one person add up
    own = OnCall.objects.ahead(now).on_the_list().filter(location=location, person=by, put_by=by)
    spans = [(max(one.starts_at, now), one.ends_at) for one in own]
    if _covered([*spans, span]) > MOST_FOR_ONESELF:
        raise TooLong


def _covered(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """Return how much time stands in at least one of these spans."""
    total, done = timedelta(), datetime.min.replace(tzinfo=UTC)
    for starts_at, ends_at in sorted(spans):
        total += max(ends_at - max(starts_at, done), timedelta())
        done = max(done, ends_at)
    return total


def _next_opening(location: Location, now: datetime) -> datetime:
    """Return when the doors open next; that they are open does not count.

    An hour away at least, a week at most.
    """
    hours = location.opening_hours
    opens = hours.opening_on_a_later_day(now) if hours.is_open(now) else hours.next_opening(now)
    return min(max(opens.astimezone(UTC), now + AT_LEAST), now + MOST_FOR_ONESELF)
