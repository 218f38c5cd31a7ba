"""Whose a mail about a referral is: the office's or the patient's, with whoever carries it."""

from django.urls import reverse

from clinic.messages.guard import tells_what_is_known
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.messages.privacy import Known
from clinic.messages.whose import Whose, tells_whose
from clinic.staff.models import User
from referrals.models import Referral


@tells_whose("referral")
def of_a_referral(message: Message, user: User) -> Whose | None:
    """Return the office of a mail to an office, else the patient.

    An office that has it no more is not guessed.
    """
    rows = Referral.objects.visible_to(user).select_related("patient", "specialist", "owner")
    referral = rows.filter(public_id=message.subject_id).first()
    if referral is None:
        return None
    kind, office = KINDS.get(message.kind), referral.specialist
    to_an_office = kind is not None and kind.audience == "office"
    name, phone = referral.patient.full_name, referral.patient.phone
    if to_an_office:
        name, phone = (office.practice, office.phone) if office else ("An office that had it before", "")
    return Whose(
        name=name,
        phone=phone,
        carrier=str(referral.owner or ""),
        address=reverse("referral", args=[referral.public_id]),
        patient=referral.patient,
    )


@tells_what_is_known("referral")
def known_of(message: Message) -> Known:
    """Return what no mail about this referral may hold.

    That is what is known of its patient, and where they go and for what.
    """
    referral = Referral.objects.filter(public_id=message.subject_id).select_related("patient", "specialist").first()
    if referral is None:
        return Known()
    office = referral.specialist
    of_the_office = (("a practice", office.practice), ("a specialist", office.name)) if office else ()
    return referral.patient.known | Known(values=(*of_the_office, ("a specialty", referral.specialty)))
