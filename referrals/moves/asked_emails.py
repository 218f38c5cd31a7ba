"""What staff are written when a referral asks something new of them: another day, or another decision."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToWhoeverActs
from clinic.staff.models import User
from referrals.models import Appointment, Referral
from referrals.moves.about import about, reader_of, referral_of, who_hear


def patient_cannot_come(appointment: Appointment) -> Message:
    """Tell whoever carries the referral that another day is needed."""
    said = int(appointment.answered_at.timestamp() // 60)  # who changes their mind twice is heard twice
    return about(appointment.referral, "patient_cannot_come", appointment.pk, said)


def back_with_therapist(referral: Referral) -> Message:
    """Tell the therapist who decided that only they can go on."""
    return about(referral, "referral_back", referral.moves.order_by("pk").last().pk)


def patient_was_lost(referral: Referral) -> Message:
    """Tell the therapist who decided that nobody could reach the patient."""
    return about(referral, "referral_lost", referral.moves.order_by("pk").last().pk)


class _ToTheReferrals(ToWhoeverActs):
    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": settings.SITE_URL + reverse("referrals")}


@kind("patient_cannot_come", title="A patient cannot come", audience="staff", safe=("location", "link"))
class PatientCannotCome(_ToTheReferrals):
    @staticmethod
    def people(message: Message) -> list[User]:
        """Return whoever carries the referral, else the desk of its location."""
        return who_hear(referral_of(message))

    @classmethod
    def still_needed(cls, message: Message) -> str:
        appointment = Appointment.objects.get(pk=int(message.key.split(":")[2]))
        if appointment.replaced_at or not appointment.cannot_come:
            return "They come, or another day was found."
        return cls.left(message)


class _ToTheTherapist(_ToTheReferrals):
    @staticmethod
    def people(message: Message) -> list[User]:
        """Return the therapist who decided, else all there, else all of the house."""
        author = reader_of(referral_of(message))
        readers = [author] if author else list(User.objects.therapists_at(message.location))
        return readers or list(User.objects.who_stand_in_at(message.location))


@kind("referral_back", title="A referral is back with the therapist", audience="staff", safe=("location", "link"))
class ReferralBack(_ToTheTherapist):
    @classmethod
    def still_needed(cls, message: Message) -> str:
        if referral_of(message).status != Referral.Status.BACK:
            return "A therapist has looked at it."
        return cls.left(message)


@kind("referral_lost", title="A referral ended: nobody was reached", audience="staff", safe=("location", "link"))
class ReferralLost(_ToTheTherapist):
    @classmethod
    def still_needed(cls, message: Message) -> str:
        referral = referral_of(message)
        if referral.is_open or referral.end_reason != Referral.EndReason.LOST_CONTACT:
            return "It was taken up again."
        return cls.left(message)
