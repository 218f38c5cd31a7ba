"""The address of a patient: corrected by staff, or off because mails to it come back.

What went to the one before a correction opens nothing any more.
"""

from typing import NamedTuple

from clinic.links.actions import replace_link
from clinic.links.models import Link
from clinic.messages.came_back import offs
from clinic.messages.models import AddressOff
from clinic.staff.models import User
from intake.models import Patient


class ComesBack(NamedTuple):
    """A patient whose mails come back."""

    patient: Patient
    off: AddressOff


def correct_address(patient: Patient, to: str) -> None:
    """Write down the right address. Links that a stranger may have been mailed get new secrets."""
    before, patient.email = patient.email, to
    patient.save(update_fields=["email"])
    if before.casefold() != to.casefold():
        renew_links(patient)


def renew_links(patient: Patient) -> None:
    """Give every live link of this patient a new secret, and close the browsers it was opened in.

    Others may read the mailbox it went to.
    """
    intakes = patient.intakes.values_list("public_id", flat=True)
    subjects = [(Link.Purpose.STATUS, patient.public_id), *((Link.Purpose.INTAKE, one) for one in intakes)]
    for purpose, subject_id in subjects:
        live = Link.objects.live().filter(purpose=purpose, subject_id=subject_id).first()
        if live:
            replace_link(live)


def with_address_off(user: User, most: int) -> list[ComesBack]:
    """Return whose address is off of those this person may see, the newest first."""
    known = {off.reader_id: off for off in offs().order_by("since") if off.reader_id}
    patients = Patient.objects.visible_to(user).filter(public_id__in=list(known)).select_related("location")
    found = [ComesBack(patient, known[patient.public_id]) for patient in patients]
    still = [one for one in found if one.off.address.casefold() == one.patient.email.casefold()]
    return sorted(still, key=lambda one: one.off.since, reverse=True)[:most]
