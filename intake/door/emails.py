"""What patients are written about an intake. Nothing clinical, no name, no id.

Patients without an email address are written nothing; staff call them.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from clinic.links.actions import address_of, make_link
from clinic.links.models import Link
from clinic.messages import actions as messages
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from intake.door.to_patients import ToThePatient
from intake.models import Intake, Patient, Urgency

LINK_LIVES = timedelta(days=14)  # after each mail that holds it
REMINDED_AFTER = (timedelta(hours=24), timedelta(hours=72))
GOES_STALE = timedelta(days=3)  # a reminder that was held up for longer is none
MOST_LINKS_AN_HOUR = 3
ANYBODY_CAUSES = ("intake_link", "finish_intake")  # by typing an address into the first page
MOST_TO_AN_ADDRESS = {timedelta(hours=1): 20, timedelta(days=1): 40}  # of those; a family of four needs as many


def invite(intake: Intake, *, at: datetime | None = None) -> Message | None:
    """The link to a new intake, now or at `at`; once for each intake."""
    return _to_patient("intake_invitation", intake, 1, due_at=at)


def invite_once_more(intake: Intake) -> Message | None:
    """Mail the same link again, as staff wish; at most three times an hour."""
    sent = Message.objects.about("intake", intake.public_id).filter(kind="intake_invitation")
    if sent.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_LINKS_AN_HOUR:
        return None
    return _to_patient("intake_invitation", intake, sent.count() + 1)


def remind_to_finish(intake: Intake) -> list[Message]:
    """Two reminders, 24 and 72 hours after the intake was started. A submitted one is not reminded of."""
    reminders = [
        _to_patient("finish_intake", intake, number, due_at=intake.started_at + after, facts={"round": number})
        for number, after in enumerate(REMINDED_AFTER, start=1)
    ]
    return [reminder for reminder in reminders if reminder]


def resume_link_requested(intake: Intake) -> Message | None:
    """The patient asked for the link again. Goes to the address on file, at most three times an hour."""
    asked = Message.objects.about("intake", intake.public_id).filter(kind="intake_link")
    if asked.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_LINKS_AN_HOUR:
        return None
    return _to_patient("intake_link", intake, asked.count() + 1)


def _to_patient(name: str, intake: Intake, number: int, **more: Any) -> Message | None:
    patient = intake.patient
    if not patient.email or (name in ANYBODY_CAUSES and _had_enough(patient.email, name)):
        return None
    return messages.schedule(
        name,
        key=f"{name}:{intake.public_id}:{number}",
        to=patient.email,
        language=intake.language,
        subject_type="intake",
        subject_id=intake.public_id,
        location=patient.location,
        **more,
    )


def _had_enough(address: str, name: str) -> bool:
    """Nobody's mailbox is filled by somebody who starts one form after the other in their name.

    Reminders that wait for another day keep more reminders away, and nobody's link, which is asked for now.
    """
    now = timezone.now()
    caused = Message.objects.to(address).filter(kind__in=ANYBODY_CAUSES)
    if name == "intake_link":
        caused = caused.filter(due_at__lte=now).exclude(status=Message.Status.SKIPPED)
    return any(caused.filter(created_at__gt=now - span).count() >= most for span, most in MOST_TO_AN_ADDRESS.items())


# Kinds --------------------------------------------------------------------------------------------------------------


def over(intake: Intake) -> str:
    """Say why nobody fills in this form any more, or ""."""
    if intake.submitted_at:
        return "The intake was submitted."
    return "The invitation was taken back." if intake.taken_back_at else ""


class _WithTheForm(ToThePatient):
    """Holds the link to an intake."""

    @staticmethod
    def _intake(message: Message) -> Intake:
        return Intake.objects.select_related("patient__location").get(public_id=message.subject_id)

    @classmethod
    def still_needed(cls, message: Message) -> str:
        intake = cls._intake(message)
        return over(intake) or intake.patient.why_no_mail(asked_for=True)

    @classmethod
    def patient_of(cls, message: Message) -> Patient:
        return cls._intake(message).patient

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        link = make_link(Link.Purpose.INTAKE, message.subject_id, expires_at=timezone.now() + LINK_LIVES)
        return {"link": address_of(link)}


@kind("intake_invitation", title="Intake invitation", safe=("clinic", "phone", "link"))
class IntakeInvitation(_WithTheForm):
    pass


@kind("intake_link", title="Link to continue an intake", safe=("clinic", "phone", "link"), asked_for=True)
class IntakeLink(_WithTheForm):
    pass


@kind(
    "finish_intake",
    title="Reminder to finish an intake",
    safe=("clinic", "phone", "link", "round"),
    category="forms",
    without="Patients get the link to their form once. Of those who were invited, whoever invited them looks under "
    "Invitations who has not finished, and calls. Who began by themselves stands in no list, and nobody reminds them.",
)
class FinishIntake(_WithTheForm):
    @classmethod
    def worth_until(cls, message: Message) -> datetime:
        due = cls._intake(message).started_at + REMINDED_AFTER[message.facts["round"] - 1]
        return due + GOES_STALE

    @classmethod
    def still_needed(cls, message: Message) -> str:
        intake = cls._intake(message)
        if why := over(intake):
            return why
        if intake.paper_code:
            return "The patient answers on paper."
        if intake.urgency == Urgency.EMERGENCY or intake.occasion == Intake.Occasion.WORSE:
            return "Staff call this patient; a routine reminder would say the wrong thing."
        if why := intake.patient.why_no_mail():
            return why
        later = REMINDED_AFTER[message.facts["round"] :]
        if any(intake.started_at + after <= timezone.now() for after in later):
            return "A later reminder is due and says the same."
        return ""
