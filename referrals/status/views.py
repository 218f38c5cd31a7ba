"""The patient's own page: how things stand, what they may take along, and who looked."""

import json
import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.messages.calendar_file import FILE_NAME, calendar_file
from intake.door.door import DoorRequest
from intake.door.draft import forget, language_of
from intake.door.frame import show_patient
from intake.door.status_cookie import forget_status, status_of, status_page
from intake.door.status_links import address_to_write_down
from intake.models import Patient
from intake.questionnaire import own_answers
from intake.visits import actions as visits
from referrals import moves as actions
from referrals.moves.who_looked import in_words, looks
from referrals.status.standing import standing

ROWS = 30
NUMBER = re.compile(r"[0-9]{1,9}")


@status_page
@require_safe
def status(request: DoorRequest, patient: Patient) -> HttpResponse:
    """Next step, what is late, appointments, everything that happened, and the other pages of the patient."""
    found = standing(patient, timezone.now(), language_of(request))
    stays = {"status_idle": None} if found.danger and found.danger.is_emergency else {}  # the advice is left standing
    return show_patient(
        request,
        patient,
        "status/status.html",
        standing=found,
        danger=found.danger,
        link=request.door.link,
        address=address_to_write_down(patient, request.door.link),
        **stays,
    )


@status_page
@require_safe
def status_calendar(request: DoorRequest, patient: Patient, public_id: UUID) -> HttpResponse:
    """An appointment to come as a file for a calendar; `public_id` is that of its referral or request."""
    to_come = standing(patient, timezone.now(), language_of(request)).visits
    found = next((visit for visit in to_come if visit.subject_id == public_id), None)
    if found is None:
        raise Http404
    return _file(calendar_file(found.entry, call=patient.location.phone), "text/calendar; charset=utf-8", FILE_NAME)


@status_page(shows=False)
@require_POST
def status_visit(request: DoorRequest, patient: Patient, public_id: UUID) -> HttpResponse:
    """Keep whether the patient comes to an appointment, here or at an office.

    `public_id` is that of its request or referral. The page names the appointment it was drawn with: where another
    stands by now, they see it before they answer.
    """
    number, comes = request.POST.get("number", ""), "comes" in request.POST
    said: Any = {"number": int(number) if NUMBER.fullmatch(number) else 0, "comes": comes}
    here = patient.appointment_requests.filter(public_id=public_id).first()
    try:
        if here:
            visits.patient_answers(here, **said)
        else:
            carried = patient.referrals.filter(decision__effective_at__isnull=False)
            actions.patient_answers(get_object_or_404(carried, public_id=public_id), **said)
    except (actions.ReferralChanged, visits.RequestChanged):
        messages.warning(request, _("Your appointment has changed. Please look again."))
    else:
        thanks = _("Thank you. We know that you come.")
        sorry = _("We know that you cannot come. We look for another day, and tell you.")
        messages.success(request, thanks if comes else sorry)
    return redirect("status")


@status_page
@require_safe
def status_answers(request: DoorRequest, patient: Patient) -> HttpResponse:
    """The forms of this patient that hold answers, each as two files."""
    return show_patient(request, patient, "status/answers.html", intakes=list(_answered(patient)))


@status_page
@require_safe
def status_answers_pdf(request: DoorRequest, patient: Patient, public_id: UUID) -> HttpResponse:
    intake = get_object_or_404(_answered(patient), public_id=public_id)
    return _file(own_answers.as_pdf(intake, language_of(request)), "application/pdf", "my-answers.pdf")


@status_page
@require_safe
def status_answers_json(request: DoorRequest, patient: Patient, public_id: UUID) -> HttpResponse:
    intake = get_object_or_404(_answered(patient), public_id=public_id)
    data = json.dumps(own_answers.as_data(intake, language_of(request)), ensure_ascii=False, indent=2)
    return _file(data.encode(), "application/json", "my-answers.json")


def _answered(patient: Patient) -> Any:
    sent_or_saved = patient.intakes.exclude(submitted_at=None) | patient.intakes.exclude(saved_at=None)
    return sent_or_saved.select_related("patient__location", "protocol").defer("protocol__content")


@status_page
@require_safe
def status_looked(request: DoorRequest, patient: Patient) -> HttpResponse:
    """Who opened this patient's record, by day."""
    page = Paginator(looks(patient), ROWS).get_page(request.GET.get("page"))
    return show_patient(request, patient, "status/looked.html", page_obj=page, rows=[in_words(row) for row in page])


@status_page(shows=False)
@require_POST
def status_stay(request: DoorRequest, patient: Patient) -> HttpResponse:
    """Somebody is still there."""
    return HttpResponse(status=204)


@login_not_required
@require_POST
def status_leave(request: DoorRequest) -> HttpResponse:
    """Closes the page in this browser, and the form that led to it: for a phone that others use. Advice goes along."""
    door = status_of(request)
    if door is None:
        return forget(forget_status(render(request, "status/left.html")))
    address = address_to_write_down(door.patient, door.link)
    left = show_patient(request, door.patient, "status/left.html", address=address)
    return forget(forget_status(left))


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
