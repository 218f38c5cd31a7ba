"""Patients the desk calls because no mail tells them in time of a visit: that it is booked, moved or off."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from clinic.messages.models import Message
from clinic.messages.quiet import due_moment
from clinic.staff.models import Location, User
from clinic.staff.permissions import ANSWER_REQUESTS
from intake.models import CallToMake, Patient

MAIL_IS_ENOUGH = timedelta(hours=4)  # before a visit, for somebody who does not look at their mail all day
CALLED_WITHIN = timedelta(hours=2)  # of open time
SETS_OUT = timedelta(hours=1)  # before a visit
ON_ITS_WAY = timedelta(minutes=15)  # a mail written this close to the night may be held until the morning
making = Signal()  # sent before a call is noted as made: whoever keeps what it is about locks that first
made = Signal()  # sent with `by` once it is noted, in the same transaction


def mail_tells_in_time(
    patient: Patient,
    location: Location,
    *,
    was_at: datetime | None,
    starts_at: datetime | None,
    enough: timedelta = MAIL_IS_ENOUGH,
) -> bool:
    """Say whether a mail written now reaches this patient well before they would set out.

    Not without an address, and not against what they chose. By night it goes in the morning: early enough for a visit
    that is new to them, never for one they know at another time, because they may set out before they read it.
    """
    if not patient.email or patient.why_no_mail():
        return False
    by_now = timezone.now() + ON_ITS_WAY
    arrives = due_moment(by_now, location.zone, settings.QUIET_HOURS)
    if arrives > by_now and was_at is not None:
        return False
    first = min(at for at in (was_at, starts_at) if at is not None)
    return first - arrives >= enough - ON_ITS_WAY


def call_by(location: Location, *, was_at: datetime | None, starts_at: datetime | None) -> datetime:
    """Return when they should know: in two open hours, before they would set out."""
    now = timezone.now()
    to_come = [at - SETS_OUT for at in (was_at, starts_at) if at is not None and at > now]
    return max(now, min([location.opening_hours.after_open_time(now, CALLED_WITHIN), *to_come]))


@transaction.atomic
def see_that_they_hear(
    patient: Patient,
    *,
    where: str,
    subject_id: UUID,
    location: Location,
    time_zone: str,
    was_at: datetime | None,
    starts_at: datetime | None,
    enough: timedelta = MAIL_IS_ENOUGH,
) -> CallToMake | None:
    """Put a call into the desk's list where no mail tells in time: of a visit that is new, moved or off.

    `was_at` is the time the patient knows of. One that waits about this visit gets the newest time and keeps the
    oldest, also where a mail tells of the newest: whoever calls says what is true.
    """
    visit: dict[str, Any] = {"time_zone": time_zone, "was_at": was_at, "starts_at": starts_at}
    waiting = CallToMake.objects.select_for_update().filter(subject_id=subject_id, done_at=None).first()
    if waiting:
        return _bring_up_to_date(waiting, **visit)
    if mail_tells_in_time(patient, location, was_at=was_at, starts_at=starts_at, enough=enough):
        return None
    return _put_down(patient, where, subject_id, location, **visit)


@transaction.atomic
def call_instead(
    message: Message,
    patient: Patient,
    *,
    where: str,
    location: Location,
    time_zone: str,
    was_at: datetime | None,
    starts_at: datetime | None,
) -> CallToMake | None:
    """Put a call into the desk's list because the mail about this visit has not gone: it never will, or it is late.

    None while there is time for the mail, when both times are over, and when a call about it was put there or made
    since it was written: then somebody has told the patient, or will.
    """
    now = timezone.now()
    to_come = [at for at in (was_at, starts_at) if at is not None and at > now]
    calls = CallToMake.objects.filter(subject_id=message.subject_id)
    told = calls.filter(Q(made_at__gte=message.created_at) | Q(done_at__gte=message.created_at)).exists()
    if not to_come or told:
        return None
    if message.status in Message.UNSETTLED and min(to_come) - now > MAIL_IS_ENOUGH - ON_ITS_WAY:
        return None
    visit: dict[str, Any] = {"time_zone": time_zone, "was_at": was_at, "starts_at": starts_at}
    waiting = calls.select_for_update().filter(done_at=None).first()
    if waiting:
        return _bring_up_to_date(waiting, **visit)
    return _put_down(patient, where, message.subject_id, location, **visit)


def _put_down(
    patient: Patient,
    where: str,
    subject_id: UUID,
    location: Location,
    *,
    time_zone: str,
    was_at: datetime | None,
    starts_at: datetime | None,
) -> CallToMake:
    return CallToMake.objects.create(
        patient=patient,
        location=location,
        where=where,
        subject_id=subject_id,
        time_zone=time_zone,
        was_at=was_at,
        starts_at=starts_at,
        due_at=call_by(location, was_at=was_at, starts_at=starts_at),
    )


def _bring_up_to_date(
    call: CallToMake, *, time_zone: str, was_at: datetime | None, starts_at: datetime | None
) -> CallToMake:
    over = call.was_at is None or call.was_at <= timezone.now()
    if over and starts_at is None:  # the newest was new to them, and they may have read of it on their page
        call.was_at = was_at
    call.starts_at, call.time_zone = starts_at, time_zone
    call.due_at = min(call.due_at, call_by(call.location, was_at=call.was_at, starts_at=starts_at))
    call.save(update_fields=["was_at", "starts_at", "time_zone", "due_at"])
    return call


def hand_over(*, before: UUID, after: UUID) -> None:
    """A call that waits about the visit `before` is about `after` from now on, which took its place."""
    CallToMake.objects.filter(subject_id=before, done_at=None).update(subject_id=after)


@transaction.atomic
def say_it_was_made(call: CallToMake, *, by: User, now: datetime | None = None) -> bool:
    """`by` has told the patient. False when somebody else has said so before."""
    if not by.may(ANSWER_REQUESTS) or not by.sees(call.location_id):
        raise PermissionDenied
    making.send(call)
    call = CallToMake.objects.select_for_update().get(pk=call.pk)
    if call.done_at is not None:
        return False
    call.done_at, call.done_by = now or timezone.now(), by
    call.save(update_fields=["done_at", "done_by"])
    made.send(call, by=by)
    return True
