"""A patient's own answers, to keep: every question as it was asked, with the answer as it was shown.

Nothing the clinic made of them is in here, only what the patient, or who answered for them, has said.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.paper import pdf
from clinic.staff.models import Location
from intake import triage
from intake.models import Intake, Respondent
from intake.versions.protocols import protocol_for

TEMPLATE = Path(__file__).with_name("own_answers.typ")
FORMAT = 1  # grows when the data changes its form


def as_data(intake: Intake, language: str) -> dict[str, Any]:
    """For machines. `value` is the answer as the protocol keeps it, `answer` the words; `asked` is false for answers
    to questions that later answers made needless.
    """
    protocol, respondent = protocol_for(intake), _respondent(intake)
    patient = intake.patient
    return {
        "format": FORMAT,
        "clinic": settings.ORGANIZATION,
        "location": patient.location.name,
        "patient": {"name": patient.full_name, "date_of_birth": patient.date_of_birth.isoformat()},
        "answered_by": respondent.kind if respondent else None,
        "answered_by_name": respondent.name if respondent else "",
        "typed_by_staff": intake.entered_by_id is not None,
        "language_of_the_form": intake.language,
        "language_of_the_words": language,
        "questions": {"name": intake.protocol.label, "digest": intake.protocol.digest},
        "started_at": intake.started_at.isoformat(),
        "saved_at": intake.saved_at and intake.saved_at.isoformat(),
        "submitted_at": intake.submitted_at and intake.submitted_at.isoformat(),
        "answers": [
            {
                "id": question,
                "section": section,
                "question": str(text),
                "answer": str(answer),
                "value": intake.answers[question],
                "asked": asked,
            }
            for section, question, text, answer, asked in _answers(intake, protocol, language)
        ],
        "changes": [
            {
                "id": change.question,
                "question": _question(protocol, change.question, language),
                "before": change.before,
                "before_words": _words(protocol, change.question, change.before, language),
                "after": change.after,
                "after_words": _words(protocol, change.question, change.after, language),
                "sent": change.sent,
                "at": change.at.isoformat(),
            }
            for change in intake.changes.all()
        ],
    }


def as_pdf(intake: Intake, language: str) -> bytes:
    """For people: a tagged PDF in the active language."""
    return pdf.tagged(TEMPLATE, _content(intake, language))


def _content(intake: Intake, language: str) -> dict[str, Any]:
    protocol, patient = protocol_for(intake), intake.patient
    location = patient.location
    sections = {}
    for section, _id, text, answer, asked in _answers(intake, protocol, language):
        if asked:
            sections.setdefault(section, []).append([str(text), str(answer)])
    born = date_format(patient.date_of_birth, "LONG_DATE_FORMAT")
    return {
        "language": language,
        "title": _("Your answers"),
        "organization": settings.ORGANIZATION,
        "place": f"{location.name}, {location.street}, {location.city}, {location.state} {location.zip_code}",
        "phone": location.phone,
        "about": _("About %(name)s, born %(date)s") % {"name": patient.full_name, "date": born},
        "page": _("Page"),
        "facts": _facts(intake, location),
        "sections": [{"title": title, "rows": rows} for title, rows in sections.items()],
        "changes_title": _("Answers you changed"),
        "changes": [
            [
                _question(protocol, change.question, language),
                _("%(when)s: from “%(before)s” to “%(after)s”")
                % {
                    "when": _moment(change.at, location),
                    "before": _words(protocol, change.question, change.sent or change.before, language),
                    "after": _words(protocol, change.question, change.after, language),
                },
            ]
            for change in intake.changes.all()
        ],
    }


def _facts(intake: Intake, location: Location) -> list[list[str]]:
    facts = [[_("Answered by"), _who(intake)]]
    if intake.submitted_at:
        facts.append([_("Received by us"), _moment(intake.submitted_at, location)])
    elif intake.saved_at:
        facts.append([_("Not sent yet, last saved"), _moment(intake.saved_at, location)])
    return facts


def _who(intake: Intake) -> str:
    respondent = _respondent(intake)
    who = {
        None: _("Not said"),
        Respondent.Kind.PATIENT: _("The patient"),
        Respondent.Kind.GUARDIAN: _("%(name)s, parent or guardian"),
        Respondent.Kind.REPRESENTATIVE: _("%(name)s, who may act for the patient"),
        Respondent.Kind.HELPER: _("%(name)s, who only typed"),
    }[respondent and respondent.kind]
    who = who % {"name": respondent.name} if respondent and respondent.name else who
    return _("%(who)s. Our staff typed it in.") % {"who": who} if intake.entered_by_id else who


def _respondent(intake: Intake) -> Respondent | None:
    return Respondent.objects.filter(intake=intake).first()


def _moment(at: datetime, location: Location) -> str:
    local = at.astimezone(location.zone)
    return f"{date_format(local, 'LONG_DATE_FORMAT')}, {date_format(local, 'ZONED_CLOCK_FORMAT')}"


def _answers(intake: Intake, protocol: triage.Protocol, language: str) -> Iterator[tuple[str, str, str, str, bool]]:
    """(section, id, question, answer, whether it is still asked) in the order of the pages."""
    asked = set(triage.visible_questions(protocol, intake.answers))
    titles = {section.id: str(section.title_in(language)) for section in protocol.sections}
    for page in triage.pages(protocol.whole or protocol):
        for question in page.questions:
            if intake.answers.get(question) is not None:
                answer = triage.display(protocol, question, intake.answers[question], language)
                text = protocol.questions[question].text_in(language)
                yield titles[page.section], question, text, answer, question in asked


def _question(protocol: triage.Protocol, question: str, language: str) -> str:
    return str(protocol.questions[question].text_in(language)) if question in protocol.questions else question


def _words(protocol: triage.Protocol, question: str, value: Any, language: str) -> str:
    if value is None:
        return _("no answer")
    if question not in protocol.questions:
        return str(value)
    try:
        return str(triage.display(protocol, question, value, language))
    except (KeyError, ValueError):  # an answer of an older version of the questions
        return str(value)
