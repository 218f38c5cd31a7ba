"""Patients the desk calls because a visit moved or is off and no mail tells them in time."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.messages.quiet import due_moment
from clinic.staff.permissions import ANSWER_REQUESTS
from intake.models import CallToMake, Patient

MAIL_IS_ENOUGH = timedelta(hours=4)  # before a visit, for somebody who does not look at their mail all day


def mail_tells_in_time(patient: Patient, *times: datetime | None) -> bool:
    """Say whether a mail reaches this patient now and well before the first of these times.

    Not at night, when it would wait; not without an address, and not against what they chose.
    """
    now = timezone.now()
    if not patient.email or patient.why_no_mail():
        return False
    if due_moment(now, patient.location.zone, settings.QUIET_HOURS) > now:
        return False
    return all(at - now >= MAIL_IS_ENOUGH for at in times if at is not None)


@transaction.atomic
def call_about_a_visit(patient: Patient, *, where, subject_id, location, time_zone, was_at, starts_at) -> CallToMake:
    """Put a call into the desk's list. One that waits about this visit gets the newest time and keeps the oldest."""
    waiting = CallToMake.objects.select_for_update().filter(subject_id=subject_id, done_at=None).first()
    if waiting is None:
        return CallToMake.objects.create(
            patient=patient,
            location=location,
            where=where,
            subject_id=subject_id,
            time_zone=time_zone,
            was_at=was_at,
            starts_at=starts_at,
        )
    waiting.starts_at, waiting.time_zone = starts_at, time_zone
    waiting.save(update_fields=["starts_at", "time_zone"])
    return waiting


@transaction.atomic
def say_it_was_made(call: CallToMake, *, by, now=None) -> bool:
    """`by` has told the patient. False when somebody else has said so before."""
    if not by.may(ANSWER_REQUESTS) or not by.sees(call.location_id):
        raise PermissionDenied
    call = CallToMake.objects.select_for_update().get(pk=call.pk)
    if call.done_at is not None:
        return False
    call.done_at, call.done_by = now or timezone.now(), by
    call.save(update_fields=["done_at", "done_by"])
    return True
