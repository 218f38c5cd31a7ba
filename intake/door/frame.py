"""What the pages of a patient share: the log of who saw it, the place, the advice that stays, the way on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from intake import triage
from intake.door.door import door_of
from intake.door.draft import WARNED_FOR, idle_limit, language_of, resume_address
from intake.door.respondents import answered_by_somebody_else, needs_respondent
from intake.emergency.calling import can_be_called
from intake.emergency.danger import danger_of
from intake.emergency.safety import asked_again
from intake.models import Intake, Patient
from intake.seen import PATIENT, saw_intake, saw_patient
from intake.versions.arranging import FROM_DETAILS, known_on_file, still_due
from intake.versions.protocols import protocol_for


def show(request: HttpRequest, intake: Intake, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page that shows this intake to its patient, after writing the access log."""
    saw_intake(request, intake, actor=PATIENT)
    patient = intake.patient
    frame = {
        "intake": intake,
        "location": patient.location,
        "saved_at": intake.saved_at,
        "no_phone": not can_be_called(patient),
        "danger": danger_of(patient, language_of(request)),
        "idle": {"limit": idle_limit(), "warned_for": WARNED_FOR, "resume": resume_address(request.get_full_path())},
        "answers_for_patient": not intake.submitted_at and answered_by_somebody_else(intake),
        "for_whom": patient.first_name if not intake.submitted_at or door_of(request).sent_from_here else "",
    }
    return render(request, template, frame | context, status=status)


def show_patient(
    request: HttpRequest, patient: Patient, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page about a patient, not an intake, after writing the access log.

    Where a status page was found open it is written already. A status page warns before it closes.
    """
    door = door_of(request)
    if not door.logged:
        saw_patient(request, patient, actor=PATIENT)
    frame = {"patient": patient, "location": patient.location, "no_phone": not can_be_called(patient)}
    frame["for_whom"] = patient.first_name
    if door.on_status:
        frame["status_idle"] = {"limit": idle_limit(), "warned_for": WARNED_FOR}
    if "danger" not in context:
        frame["danger"] = danger_of(patient, language_of(request))
    return render(request, template, frame | context, status=status)


def page_address(intake: Intake, page: triage.Page) -> str:
    """Addresses of pages are numbers: a name can tell what is wrong with somebody.

    A page has the number it has in the whole form, also where others are left out.
    """
    return reverse("intake_page", args=[page_number(protocol_for(intake), page)])


def page_number(protocol: triage.Protocol, page: triage.Page) -> int:
    """Return the place of a page in the whole form, counted from 1."""
    return [one.id for one in triage.pages(protocol.whole or protocol)].index(page.id) + 1


def page_at(intake: Intake, number: int) -> triage.Page | None:
    """Return the page with this number; None where there is none for this intake."""
    protocol = protocol_for(intake)
    return next((page for page in triage.pages(protocol) if page_number(protocol, page) == number), None)


def next_address(intake: Intake) -> str:
    """Who answers, if nobody said; the safety check, if it is of another day; for whoever comes back what got worse and
    what is still right; then the first page that still needs the patient, else the page to check.
    """
    if needs_respondent(intake):
        return reverse("intake_who")
    protocol, safety = protocol_for(intake), asked_again(intake)
    if not safety and (due := due_first(protocol, intake)):
        return reverse(due)
    seen = intake.pages_seen | {page.id for page in triage.pages(protocol) if page not in pages_to_show(intake)}
    page = safety or triage.next_page(protocol, intake.answers, seen=seen)
    return page_address(intake, page) if page else reverse("intake_check")


def due_first(protocol: triage.Protocol, intake: Intake) -> str:
    """Return the page for whoever comes back that is due before the questions.

    The safety check stands before it.
    """
    return still_due(intake) if triage.safety_page(protocol).id in intake.pages_seen else ""


def pages_to_show(intake: Intake, *, known_too: bool = False) -> list[triage.Page]:
    """Return the pages that ask something, given the answers so far, in order.

    `known_too`: with those on which all is on file.
    """
    protocol = protocol_for(intake)
    asked = set(triage.visible_questions(protocol, intake.answers))
    if not known_too:
        asked -= known_on_file(intake) | (FROM_DETAILS & intake.answers.keys())
    return [page for page in triage.pages(protocol) if asked.intersection(page.questions)]
