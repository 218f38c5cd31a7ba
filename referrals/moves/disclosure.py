"""What the office may know before it has accepted: everything it needs to decide, and not who the patient is."""

import re

from django.utils.translation import gettext as _

from intake.models import Patient

SHORTEST = 2  # a single letter is no name to look for


def without_identity(text: str, patient: Patient) -> str:
    """Return `text` without what says who it is, in the active language.

    That is names, birth date, phone, email, address and member number.
    """
    patients = _("[patient]")
    names = [patient.full_name, patient.last_name, patient.first_name]
    names += re.split(r"[\s-]+", f"{patient.first_name} {patient.last_name}")
    born = patient.date_of_birth
    dates = [born.isoformat(), *(f"{born.month:{width}}/{born.day:{width}}/{born.year}" for width in ("", "02"))]
    dates += [f"{born:%B} {born.day}, {born.year}", f"{born:%b} {born.day}, {born.year}"]
    for name in sorted({name for name in names if len(name) >= SHORTEST}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", patients, text, flags=re.IGNORECASE)
    for value in [*dates, patient.email, patient.phone, patient.address, patient.member_number]:
        if value:
            text = re.sub(re.escape(value), "[…]", text, flags=re.IGNORECASE)
    digits = re.sub(r"\D", "", patient.phone)[-10:]
    if len(digits) == 10:
        text = re.sub(r"\D{0,3}".join(digits), "[…]", text)
    return re.sub(rf"{re.escape(patients)}(\s+{re.escape(patients)})+", patients, text)
