"""What was signed as a PDF: each text as it was shown, and the signature under it, in the language it was signed in."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.paper import pdf
from clinic.staff.models import Location
from intake.models import Consent, Document, Patient, Respondent
from intake.signing.texts import blocks_of

TEMPLATE = Path(__file__).with_name("signed_copy.typ")
REGIONS = {"en": "us", "es": "us"}


def make(patient: Patient, consents: list[Consent]) -> bytes:
    """A tagged PDF of the signatures given; there must be one at least. Its own words are in the newest's language."""
    language = max(consents, key=lambda consent: consent.pk).text.language
    with translation.override(language):
        return pdf.tagged(TEMPLATE, content(patient, consents, language))


def content(patient: Patient, consents: list[Consent], language: str) -> dict[str, Any]:
    location = patient.location
    return {
        "language": language,
        "region": REGIONS.get(language, "us"),
        "title": _("What you signed"),
        "organization": settings.ORGANIZATION,
        "place": f"{location.name}, {location.street}, {location.city}, {location.state} {location.zip_code}",
        "phone": location.phone,
        "about": _("About %(name)s, born %(date)s")
        % {"name": patient.full_name, "date": date_format(patient.date_of_birth, "LONG_DATE_FORMAT")},
        "page": _("Page"),
        "documents": [_document(consent, location) for consent in consents],
    }


def _document(consent: Consent, location: Location) -> dict[str, Any]:
    title, _blank, text = consent.text.text.partition("\n\n")
    rows = [
        (_("Decision"), decision(consent)),
        (_("Signed by"), consent.signed_name),
        (_("In which role"), role(consent)),
        (_("When"), moment(consent.signed_at, location)),
        (_("How"), str(consent.get_method_display())),
        (_("What you meant by signing"), consent.intent),
        (_("Version of the text"), f"{consent.text.version} ({consent.text.language})"),
        (_("Check code of the text"), consent.text.sha256),
    ]
    return {
        "title": title,
        "language": consent.text.language,
        "blocks": [{"kind": kind, "words": words} for kind, words in blocks_of(text)],
        "rows": rows,
    }


def decision(consent: Consent) -> str:
    """Return what was chosen, in the words of the active language."""
    return {
        (Document.TREATMENT, True): _("Agreed to be examined and treated"),
        (Document.PRIVACY, True): _("Was given the notice"),
        (Document.EMAIL, True): _("Email is fine"),
        (Document.EMAIL, False): _("No email: call or write on paper"),
        (Document.REFERRAL, True): _("Agreed"),
        (Document.REFERRAL, False): _("Ask each time"),
    }[Document(consent.document), consent.agreed]


def role(consent: Consent) -> str:
    """In which capacity they signed, and by what authority."""
    by = {
        Respondent.Authority.PARENT: _("as a parent"),
        Respondent.Authority.COURT: _("named by a court"),
        Respondent.Authority.POWER_OF_ATTORNEY: _("by health-care power of attorney"),
        Respondent.Authority.OTHER: _("by another legal right"),
    }.get(consent.authority)
    return f"{consent.get_capacity_display()}, {by}" if by else str(consent.get_capacity_display())


def moment(at: datetime, location: Location) -> str:
    """Day, year and time of day, with the zone of the location."""
    local = at.astimezone(location.zone)
    return f"{date_format(local, 'LONG_DATE_FORMAT')}, {date_format(local, 'ZONED_CLOCK_FORMAT')}"
