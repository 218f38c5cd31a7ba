"""The emergency page, and checking the answers before they are sent."""

from collections.abc import Iterator
from math import ceil
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intake import triage
from intake.door.contact import LANGUAGE_NAMES
from intake.door.door import DoorRequest
from intake.door.draft import language_of, patient_page
from intake.door.frame import next_address, page_address, pages_to_show, show
from intake.emergency import actions as dangers
from intake.emergency.danger import danger_of
from intake.models import Intake, Patient, Respondent
from intake.questionnaire import actions as intakes
from intake.questionnaire.place import CHECKING, SIGNING, last_step
from intake.signing.actions import needed
from intake.versions.arranging import PLACES, known_on_file
from intake.versions.protocols import judge, protocol_for

DENIALS = {"No", "None of these"}  # as they stand in the protocol


@patient_page(idle_ends=False)
def emergency(request: DoorRequest, intake: Intake) -> HttpResponse:
    """The advice, shown at once. Pressing "I have read this" is recorded and leads on; the advice stays.

    It is that of the patient: a form begun while an emergency of an earlier one stands shows it too.
    """
    danger = danger_of(intake.patient, language_of(request))
    if danger is None or not danger.is_emergency:
        return redirect("intake_done" if intake.submitted_at else next_address(intake))
    if request.method == "POST":
        dangers.emergency_read(intake)
        return redirect(f"{request.path}#onwards")
    dangers.emergency_shown(intake)
    return show(
        request,
        intake,
        "emergency/emergency.html",
        danger=danger,
        idle=None,
        read=intake.emergency_read_at is not None and not dangers.is_unread(intake),
        onwards="" if intake.submitted_at else next_address(intake),
    )


@patient_page
@require_safe
def check(request: DoorRequest, intake: Intake) -> HttpResponse:
    if intake.submitted_at:
        return redirect("intake_done")
    return show_check(request, intake)


def show_check(request: DoorRequest, intake: Intake, *, refused: bool = False) -> HttpResponse:
    """The answers once more. `refused`: sending was tried and some are missing."""
    protocol, language = protocol_for(intake), language_of(request)
    missing = set(intakes.missing_answers(protocol, intake))
    telling, sections, denied = _telling(intake), [], []
    for section in protocol.sections:
        rows = [
            row
            for page in pages_to_show(intake, known_too=True)
            if page.section == section.id
            for row in _rows(intake, page, missing, language)
        ]
        denied += [row for row in rows if row["denied"]]
        told = [row for row in rows if not row["denied"]]
        if told:
            is_open = any(row["missing"] or row["id"] in telling for row in told)
            sections.append({"title": section.title_in(language), "rows": told, "is_open": is_open})
    unanswered = [row for section in sections for row in section["rows"] if row["missing"]]
    return show(
        request,
        intake,
        "questionnaire/check.html",
        status=422 if refused else 200,
        sections=sections,
        denied_signs=[row for row in denied if row["is_sign"]],
        denied=[row for row in denied if not row["is_sign"]],
        unanswered=unanswered,
        onwards=next_address(intake),
        refused=refused,
        details=_details(intake.patient),
        respondent=Respondent.objects.filter(intake=intake).first(),
        to_sign=bool(needed(intake)),
        step=last_step(intake),
        minutes_left=ceil((CHECKING + SIGNING) / 60),
    )


def _details(patient: Patient) -> Iterator[dict[str, str]]:
    """Return what the patient said about themselves before the questions, with where to change each."""
    said = {
        "first_name": (_("Name"), patient.full_name),
        "date_of_birth": (_("Date of birth"), date_format(patient.date_of_birth)),
        "phone": (_("Phone number"), patient.phone),
        "email": (_("Email"), patient.email),
        "language": (_("Language for pages and messages"), LANGUAGE_NAMES.get(patient.language, patient.language)),
        "needs_interpreter": (
            _("Interpreter"),
            _("Yes, at visits and on the phone") if patient.needs_interpreter else "",
        ),
        "location": (_("Location"), patient.location.name),
        "insurance_plan": (_("Insurance plan"), patient.insurance_plan),
        "referred_by": (_("Referred by"), patient.referred_by),
        "address": (_("Home address"), patient.address),
    }
    for field, (name, words) in said.items():
        if words:
            yield {"name": name, "said": words, "change": f"{reverse('intake_contact')}#div_id_{field}"}


def _rows(intake: Intake, page: triage.Page, missing: set[str], language: str) -> Iterator[dict[str, Any]]:
    """Return a page's questions as rows of the summary: the words, the answer, where to change it."""
    protocol, answers = protocol_for(intake), intake.answers
    visible = triage.page_questions(protocol, page.id, answers).visible
    from_details = intakes.known_from_details(intake)
    for question in visible:
        value = answers.get(question)
        said = "" if value is None else triage.display(protocol, question, value, language)
        change = f"{page_address(intake, page)}?from=check#div_id_{question}"
        if question in known_on_file(intake):
            change = reverse("intake_where_worse" if question in PLACES else "intake_on_file")
        elif question in from_details:
            born = date_format(intake.patient.date_of_birth, "DATE_FORMAT")
            said = _("%(age)s (born %(date)s)") % {"age": said, "date": born}
            change = f"{reverse('intake_contact')}#div_id_date_of_birth"
        yield {
            "id": question,
            "question": protocol.questions[question].text_in(language),
            "is_sign": protocol.questions[question].counts_as != "context",
            "answer": said,
            "missing": question in missing,
            "change": change,
            "denied": question not in missing and _denies(protocol, question, value),
        }


def _telling(intake: Intake) -> set[str]:
    """Ids of the questions whose answers made a flag fire: their sections are open, to be looked at once more."""
    _version, _answers, outcome = judge(intake, intake.answers)
    return {answer.question for flag in outcome.flags for answer in (*flag.answers, *flag.also)}


def _denies(protocol: triage.Protocol, question: triage.Question, value: Any) -> bool:
    """Say whether the answer is a plain no: those are gathered, so that what was told stands out.

    By its words, not its id: "No, I cannot" is no denial.
    """
    return value is not None and str(triage.display(protocol, question, value)) in DENIALS
