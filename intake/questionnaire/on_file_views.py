"""For whoever comes back, between the safety check and the questions: what got worse, and what is still right."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from intake import triage
from intake.door.contact import LANGUAGE_NAMES
from intake.door.door import DoorRequest
from intake.door.draft import language_of, patient_page
from intake.door.frame import next_address, page_address, show
from intake.door.switching import as_left, keeps_typed
from intake.models import AlreadySubmitted, Intake
from intake.questionnaire import on_file as actions
from intake.questionnaire.actions import Saved
from intake.questionnaire.on_file_form import OnFileForm, WhereWorseForm
from intake.questionnaire.place import place_on_the_way
from intake.review.earlier import day_of_earlier
from intake.versions.arranging import DETAILS
from intake.versions.protocols import protocol_for


@patient_page
@keeps_typed
def where_worse(request: DoorRequest, intake: Intake) -> HttpResponse:
    """Ask which places on file got worse. A new one leads to the whole form."""
    if intake.submitted_at or not intake.asks_on_file or intake.occasion != Intake.Occasion.WORSE:
        return redirect(_elsewhere(intake))
    form = WhereWorseForm(_sent(request), intake=intake, language=language_of(request))
    if request.door.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        try:
            saved = actions.say_what_is_worse(intake, form.cleaned_data["places"])
        except AlreadySubmitted:
            return redirect("intake_done")
        return _onwards(saved)
    return _show(request, intake, "questionnaire/where_worse.html", form)


@patient_page
@keeps_typed
def on_file(request: DoorRequest, intake: Intake) -> HttpResponse:
    """Ask what is still right. What is not is asked anew, details first."""
    if intake.submitted_at or not intake.asks_on_file:
        return redirect(_elsewhere(intake))
    form = OnFileForm(_sent(request), intake=intake, lines=_lines(intake, language_of(request)))
    if request.door.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        try:
            saved = actions.confirm_on_file(intake, form.confirmed)
        except AlreadySubmitted:
            return redirect("intake_done")
        return _onwards(saved, "intake_contact" if form.changes(*DETAILS) else "")
    return _show(request, intake, "questionnaire/on_file.html", form)


def _sent(request: DoorRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _elsewhere(intake: Intake) -> str:
    return "intake_done" if intake.submitted_at else next_address(intake)


def _onwards(saved: Saved, to: str = "") -> HttpResponse:
    if saved.newly_emergency:
        return redirect("intake_emergency")
    return redirect(to or next_address(saved.intake))


def _lines(intake: Intake, language: str) -> dict[str, tuple[Any, str]]:
    """Return what each line is about, and what it shows."""
    protocol, patient = protocol_for(intake), intake.patient
    about = {
        "sex": _("Sex at birth"),
        "conditions": _("Health conditions"),
        "medicines": _("Medicines"),
        "cancer": _("Cancer"),
    }
    lines = {}
    for line, answers in actions.facts_on_file(intake).items():
        said = [str(triage.display(protocol, name, value, language)) for name, value in answers.items()]
        lines[line] = (about[line], "; ".join(said))
    interpreter = _("Interpreter: yes") if patient.needs_interpreter else ""
    language_name = LANGUAGE_NAMES.get(patient.language, patient.language)
    details = {
        "contact": (_("How we reach you"), [patient.phone, patient.email, patient.address]),
        "insurance": (_("Insurance plan"), [patient.insurance_plan or _("None on file")]),
        "language": (_("Language for pages and messages"), [language_name, interpreter]),
    }
    return lines | {line: (label, "; ".join(filter(None, shown))) for line, (label, shown) in details.items()}


def _show(request: DoorRequest, intake: Intake, template: str, form: Any) -> HttpResponse:
    protocol = protocol_for(intake)
    safety = triage.safety_page(protocol)
    return show(
        request,
        intake,
        template,
        status=422 if form.errors else 200,
        form=form,
        back=page_address(intake, safety),
        last_time=day_of_earlier(intake),
        **place_on_the_way(intake, safety, language_of(request)),
    )
