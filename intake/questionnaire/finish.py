"""The emergency page, checking the answers, and what happens once they are sent."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intake import triage
from intake.door.contact import LANGUAGE_NAMES
from intake.door.draft import language_of, patient_page, sent_from_here, status_link_sent_with
from intake.door.frame import next_address, page_address, pages_to_show, show
from intake.door.status_links import address_to_write_down
from intake.emergency import actions as dangers
from intake.emergency.advice import next_steps, opening_hours
from intake.emergency.danger import danger_of
from intake.models import Respondent, Urgency
from intake.questionnaire import actions as intakes
from intake.signing.actions import in_force, needed
from intake.versions.protocols import protocol_for


@patient_page(idle_ends=False)
def emergency(request, intake):
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
        "intake/emergency.html",
        danger=danger,
        idle=None,
        read=intake.emergency_read_at is not None and not dangers.is_unread(intake),
        onwards="" if intake.submitted_at else next_address(intake),
    )


@patient_page
@require_safe
def check(request, intake):
    if intake.submitted_at:
        return redirect("intake_done")
    return show_check(request, intake)


def show_check(request, intake, *, refused=False):
    """The answers once more. `refused`: sending was tried and some are missing."""
    protocol, language = protocol_for(intake), language_of(request)
    missing = set(intakes.missing_answers(protocol, intake))
    sections = []
    for section in protocol.sections:
        rows = [
            row
            for page in pages_to_show(intake)
            if page.section == section.id
            for row in _rows(intake, page, missing, language)
        ]
        if rows:
            sections.append({"title": section.title_in(language), "rows": rows})
    unanswered = [row for section in sections for row in section["rows"] if row["missing"]]
    return show(
        request,
        intake,
        "intake/check.html",
        status=422 if refused else 200,
        sections=sections,
        unanswered=unanswered,
        onwards=next_address(intake),
        refused=refused,
        details=_details(intake.patient),
        respondent=Respondent.objects.filter(intake=intake).first(),
        to_sign=bool(needed(intake)),
    )


def _details(patient):
    """What the patient said about themselves before the questions, with where to change each."""
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
    }
    for field, (name, words) in said.items():
        if words:
            yield {"name": name, "said": words, "change": f"{reverse('intake_contact')}#div_id_{field}"}


def _rows(intake, page, missing, language):
    """A page's questions as rows of the summary: the words, the answer, where to change it."""
    protocol, answers = protocol_for(intake), intake.answers
    visible = triage.page_questions(protocol, page.id, answers).visible
    from_details = intakes.known_from_details(intake)
    for question in visible:
        value = answers.get(question)
        said = "" if value is None else triage.display(protocol, question, value, language)
        change = f"{page_address(intake, page)}?from=check#div_id_{question}"
        if question in from_details:
            born = date_format(intake.patient.date_of_birth, "DATE_FORMAT")
            said = _("%(age)s (born %(date)s)") % {"age": said, "date": born}
            change = f"{reverse('intake_contact')}#div_id_date_of_birth"
        yield {
            "question": protocol.questions[question].text_in(language),
            "answer": said,
            "missing": question in missing,
            "change": change,
        }


@patient_page
@require_safe
def done(request, intake):
    """What happens next. A browser that opens the link later learns only that the answers are here."""
    if not intake.submitted_at:
        return redirect(next_address(intake))
    location = intake.patient.location
    if not sent_from_here(request, intake):
        return show(request, intake, "intake/received.html", saved_at=None)
    return show(
        request,
        intake,
        "intake/done.html",
        saved_at=None,
        next=next_steps(intake, language_of(request)) if intake.urgency < Urgency.URGENT else None,
        signed=bool(in_force(intake.patient)),
        address=address_to_write_down(intake.patient, status_link_sent_with(request, intake)),
        hours=opening_hours(location),
    )
