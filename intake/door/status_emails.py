"""Mails that lead to the status page. They say that something came or was asked for, and never what it is about."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from clinic.links.actions import address_of
from clinic.messages import actions as messages
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from intake.door.emails import MOST_LINKS_AN_HOUR
from intake.door.status_links import extended
from intake.door.to_patients import InTheirLanguage, ToThePatient
from intake.models import Case, Intake, Patient
from intake.review import outcomes


def answers_received(intake: Intake) -> Message | None:
    """The answers came, and here is the page that tells what happens next; once for each intake."""
    return _to_patient("answers_received", intake.patient, intake.public_id, 1, language=intake.language)


def status_link(patient: Patient) -> Message | None:
    """The patient asked for a link to their status page; at most three times an hour."""
    asked = Message.objects.about("patient", patient.public_id).filter(kind="status_link")
    if asked.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_LINKS_AN_HOUR:
        return None
    return _to_patient("status_link", patient, patient.public_id, asked.count() + 1, language=patient.language)


def _to_patient(name: str, patient: Patient, about: UUID, number: int, *, language: str) -> Message | None:
    if not patient.email:
        return None
    return messages.schedule(
        name,
        key=f"{name}:{about}:{number}",
        to=patient.email,
        language=language,
        subject_type="patient",
        subject_id=patient.public_id,
        location=patient.location,
    )


class _ToStatusPage(ToThePatient):
    """Holds the link to the patient's status page."""

    asked_for = False

    @staticmethod
    def patient_of(message: Message) -> Patient:
        return Patient.objects.select_related("location").get(public_id=message.subject_id)

    @classmethod
    def still_needed(cls, message: Message) -> str:
        return cls.patient_of(message).why_no_mail(asked_for=cls.asked_for)

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": address_of(extended(message.subject_id))}


@kind("answers_received", title="Answers received", safe=("clinic", "phone", "link"), asked_for=True)
class AnswersReceived(_ToStatusPage):
    pass


@kind("status_link", title="Link to the status page", safe=("clinic", "phone", "link"), asked_for=True)
class StatusLink(_ToStatusPage):
    asked_for = True


class _OfADecision(InTheirLanguage):
    """Goes while the case is decided; `intake.review.emails` schedules it."""

    @staticmethod
    def patient_of(message: Message) -> Patient:
        return Patient.objects.select_related("location").get(cases__public_id=message.subject_id)

    @classmethod
    def still_needed(cls, message: Message) -> str:
        if Case.objects.get(public_id=message.subject_id).is_open:
            return "The case was opened again."
        return cls.patient_of(message).why_no_mail()

    @classmethod
    def facts(cls, message: Message) -> dict[str, Any]:
        return {"link": address_of(extended(cls.patient_of(message).public_id))}


class _MustBeHeard(_OfADecision):
    """Where it does not go, the desk calls or writes."""

    @staticmethod
    def not_gone(message: Message) -> None:
        outcomes.tell_instead(message)


@kind("decision_made", title="A therapist has decided what comes next", safe=("clinic", "phone", "link"))
class DecisionMade(_MustBeHeard):
    pass


@kind("decision_referred", title="A therapist has decided, and we arrange it", safe=("clinic", "phone", "link"))
class DecisionReferred(_MustBeHeard):
    pass


@kind("more_needed", title="The patient is asked for something", safe=("clinic", "phone", "link"))
class MoreNeeded(_OfADecision):
    """The desk has to ask as well: it stands in its list."""


@kind("not_reached", title="The patient could not be reached", safe=("clinic", "phone", "link"))
class NotReached(_MustBeHeard):
    pass
