"""A patient nobody could reach, whose referral ended so, is asked to call us.

Each ending is told by a mail of its own, whatever the decision or an earlier ending has told them, and whatever becomes
of their case meanwhile.
"""

from typing import Any

from django.db.models import F
from django.utils import timezone

from clinic.links.actions import address_of
from clinic.messages import actions as messages
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from intake.door.status_links import extended
from intake.door.to_patients import InTheirLanguage
from intake.models import Patient
from intake.review import outcomes
from referrals.models import Referral
from referrals.moves.about import about, referral_of
from referrals.moves.steps import newest_line


def tell_the_patient(referral: Referral) -> None:
    """Ask the patient to call us; whom no mail may go to, the desk asks."""
    patient = referral.patient
    if patient.email and not patient.why_no_mail():
        about(referral, "referral_not_reached", newest_line(referral), to=patient.email, language=patient.language)
    else:
        _have_the_desk_ask(referral)


def tell_them_no_more(referral: Referral) -> None:
    """Drop what nobody has told them yet: the referral was taken up again."""
    messages.withdraw(
        subject_type="referral",
        subject_id=referral.public_id,
        kinds=["referral_not_reached"],
        why="The referral was opened again.",
    )
    outcomes.ask_them_no_more(referral.decision, now=timezone.now())


def _have_the_desk_ask(referral: Referral) -> None:
    outcomes.ask_them_to_call(referral.decision, since=referral.ended_at, now=timezone.now())


def _stands(referral: Referral, message: Message) -> bool:
    """Say whether it has still ended by what this mail tells of."""
    ended = referral.end_reason == Referral.EndReason.LOST_CONTACT
    last = referral.moves.exclude(from_status=F("to_status")).order_by("-pk").first()
    return ended and last is not None and last.pk == int(message.key.rpartition(":")[2])


@kind("referral_not_reached", title="The patient of a referral could not be reached", safe=("clinic", "phone", "link"))
class ReferralNotReached(InTheirLanguage):
    """Has the words of `not_reached`; where it does not go, the desk calls or writes."""

    @staticmethod
    def patient_of(message: Message) -> Patient:
        return referral_of(message).patient

    @classmethod
    def still_needed(cls, message: Message) -> str:
        referral = referral_of(message)
        return referral.patient.why_no_mail() if _stands(referral, message) else "The referral was opened again."

    @classmethod
    def facts(cls, message: Message) -> dict[str, Any]:
        return {"link": address_of(extended(cls.patient_of(message).public_id))}

    @staticmethod
    def not_gone(message: Message) -> None:
        if outcomes.may_still_go(message, timezone.now()):
            return
        referral = Referral.objects.select_for_update().get(public_id=message.subject_id)
        if _stands(referral, message):
            _have_the_desk_ask(referral)
