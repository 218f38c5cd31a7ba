"""The mail that asks how somebody is doing. It says that there are a few questions, and never about what."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clinic.links.actions import address_of, make_link
from clinic.links.models import Link
from clinic.messages import actions as messages
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from intake.door.emails import LINK_LIVES
from intake.door.to_patients import ToThePatient
from intake.models import Case, FollowUp, Patient, Urgency

REMINDED_AFTER = timedelta(days=3)


def ask_how_it_goes(*follow_ups: FollowUp) -> list[Message]:
    """The mail of the day each is due, and one reminder.

    A patient without an address is asked on the status page.
    """
    return messages.schedule_all([draft for one in follow_ups for draft in _mails_of(one)])


def _mails_of(follow_up: FollowUp) -> list[Message]:
    patient = follow_up.patient
    if not patient.email:
        return []
    return [
        messages.draft(
            "follow_up",
            key=f"follow_up:{follow_up.public_id}:{number}",
            to=patient.email,
            language=patient.language,
            subject_type="patient",
            subject_id=patient.public_id,
            location=patient.location,
            due_at=at,
            facts={"round": number},
        )
        for number, at in enumerate((follow_up.due_at, follow_up.due_at + REMINDED_AFTER), start=1)
    ]


@kind(
    "follow_up",
    title="A few questions some weeks later",
    safe=("clinic", "phone", "link", "round"),
    category="follow_up",
    without="Patients find the questions on their status page alone. Their therapist asks them at the next visit.",
)
class FollowUpMail(ToThePatient):
    @classmethod
    def still_needed(cls, message: Message) -> str:
        now = timezone.now()
        follow_up = FollowUp.objects.filter(public_id=message.key.split(":")[1]).first()
        if follow_up is None or not follow_up.is_open(now):
            return "It was answered, or its time has passed."
        patient = follow_up.patient
        if why := patient.why_no_mail():
            return why
        if Case.objects.filter(patient=patient, urgency=Urgency.EMERGENCY).awaiting_decision().exists():
            return "Staff call this patient; a routine mail would say the wrong thing."
        if message.facts["round"] == 1 and follow_up.due_at + REMINDED_AFTER <= now:
            return "The reminder is due and says the same."
        return ""

    @staticmethod
    def patient_of(message: Message) -> Patient:
        return Patient.objects.get(public_id=message.subject_id)

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        link = make_link(Link.Purpose.STATUS, message.subject_id, expires_at=timezone.now() + LINK_LIVES)
        return {"link": address_of(link)}
