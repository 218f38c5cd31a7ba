"""Mails that lead to the status page. They say that something came or was asked for, and never what it is about."""

from datetime import timedelta

from django.utils import timezone

from clinic.links.actions import address_of
from clinic.messages import actions as messages
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from intake.door.addresses import correct_address
from intake.door.emails import MOST_LINKS_AN_HOUR
from intake.door.status_links import extended
from intake.models import Intake, Patient


def answers_received(intake: Intake) -> Message | None:
    """The answers came, and here is the page that tells what happens next; once for each intake."""
    return _to_patient("answers_received", intake.patient, intake.public_id, 1, language=intake.language)


def status_link(patient: Patient) -> Message | None:
    """The patient asked for a link to their status page; at most three times an hour."""
    asked = Message.objects.about("patient", patient.public_id).filter(kind="status_link")
    if asked.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_LINKS_AN_HOUR:
        return None
    return _to_patient("status_link", patient, patient.public_id, asked.count() + 1, language=patient.language)


def _to_patient(name, patient, about, number, *, language) -> Message | None:
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


class _ToStatusPage:
    """Goes to the address the patient has now, with the link to their status page."""

    asked_for = False

    @staticmethod
    def _patient(message) -> Patient:
        return Patient.objects.select_related("location").get(public_id=message.subject_id)

    @classmethod
    def still_needed(cls, message) -> str:
        return cls._patient(message).why_no_mail(asked_for=cls.asked_for)

    @classmethod
    def recipient(cls, message) -> str:
        return cls._patient(message).email

    @classmethod
    def new_address(cls, message, to, by) -> None:
        correct_address(cls._patient(message), to)

    @staticmethod
    def facts(message) -> dict:
        return {"link": address_of(extended(message.subject_id))}


@kind("answers_received", title="Answers received", safe=("clinic", "phone", "link"), asked_for=True)
class AnswersReceived(_ToStatusPage):
    pass


@kind("status_link", title="Link to the status page", safe=("clinic", "phone", "link"), asked_for=True)
class StatusLink(_ToStatusPage):
    asked_for = True
