"""The language a patient is written to in, and staff are told of."""

from django.db import transaction

from clinic.messages.actions import readdress
from intake.models import Patient


@transaction.atomic
def change_language(patient: Patient, language: str) -> None:
    """Pages and mails are in `language` from now on, those that wait too. What was sent, signed or printed stays."""
    unsent = list(patient.intakes.unfinished().filter(paper_code=None).select_for_update())
    for intake in unsent:
        intake.language = language
        intake.save(update_fields=["language"])
    patient.language = language
    patient.save(update_fields=["language"])
    if patient.email:
        subjects = [("patient", patient.public_id), *(("intake", intake.public_id) for intake in unsent)]
        for subject_type, subject_id in subjects:
            readdress(subject_type=subject_type, subject_id=subject_id, to=patient.email, language=language)
