"""What a patient reads once the form is sent: how things stand, by when somebody reads it, and what to do meanwhile."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from intake.door.draft import language_of, patient_page, status_link_sent_with
from intake.door.frame import next_address, show
from intake.door.status_links import address_to_write_down
from intake.emergency.advice import next_steps, opening_hours
from intake.models import Case, Intake, Urgency
from intake.signing.actions import in_force
from referrals.status.standing import standing


@patient_page
@require_safe
def done(request: HttpRequest, intake: Intake) -> HttpResponse:
    """What happens next. A browser that opens the link later learns only that the answers are here."""
    if not intake.submitted_at:
        return redirect(next_address(intake))
    if not request.door.sent_from_here:
        return show(request, intake, "status/received.html", saved_at=None)
    now = timezone.now()
    stands = standing(intake.patient, now, language_of(request))
    return show(
        request,
        intake,
        "status/done.html",
        saved_at=None,
        standing=stands,
        course=next((course for course in stands.courses if course.of == intake), None),
        read_by=_read_by(intake, now),
        next=next_steps(intake, language_of(request)) if intake.urgency < Urgency.URGENT else None,
        signed=bool(in_force(intake.patient)),
        address=address_to_write_down(intake.patient, status_link_sent_with(request, intake)),
        hours=opening_hours(intake.patient.location),
    )


def _read_by(intake: Intake, now: datetime) -> str:
    """Until when somebody reads the answers, to the hour; empty where that is read, late, or not what comes next.

    It is a day and not "tomorrow": patients keep this page.
    """
    case = intake.case
    waits = case.status == Case.Status.WAITING and case.urgency < Urgency.URGENT
    if not waits or case.acknowledge_by < now:
        return ""
    return date_format(case.acknowledge_by.astimezone(intake.patient.location.zone), "SHORT_MOMENT_FORMAT")
