"""The address of a patient, corrected by staff: what went to the one before opens nothing any more."""

from clinic.links.actions import replace_link
from clinic.links.models import Link
from intake.models import Patient


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
