"""Who answered an intake and what was signed, on the case page."""

from typing import Any

from django import template

from intake.models import Case, Consent, Patient, Respondent
from intake.signing import actions as consents
from intake.signing.signed_copy import decision
from intake.signing.texts import all_texts

register = template.Library()


@register.inclusion_tag("review/_signatures.html")
def who_answered(case: Case) -> dict[str, Any]:
    """Who answered and by what authority, what was signed, and what is not in force."""
    patient = case.patient
    holds = {consent.pk for consent in consents.in_force(patient).values()}
    return {
        "case": case,
        "patient": patient,
        "respondent": Respondent.objects.select_related("proof_seen_by").filter(intake=case.intake).first(),
        "rows": [
            {
                "consent": consent,
                "holds": consent.pk in holds,
                "outdated": consent.pk in holds and consents.outdated(consent),
                "decision": decision(consent),
                "sample": _sample(consent),
            }
            for consent in patient.consents.select_related("text", "recorded_by").order_by("-pk")
        ],
    }


@register.simple_tag
def respondent_of(case: Case) -> Respondent | None:
    return Respondent.objects.filter(intake=case.intake_id).first()


def _sample(consent: Consent) -> bool:
    """True for a text that came with the product; a text that is no longer shown is not known to be one."""
    shown = {text.sha256: text for text in all_texts().values()}
    text = shown.get(consent.text.sha256)
    return bool(text and text.is_sample)


@register.simple_tag
def signed_by_patient(patient: Patient) -> list[dict[str, Any]]:
    """Return what holds for this patient, in the language of the page: for their own status page."""
    return [
        {
            "title": consent.get_document_display(),
            "decision": decision(consent),
            "name": consent.signed_name,
            "at": consent.signed_at,
        }
        for consent in consents.in_force(patient).values()
    ]


@register.simple_tag
def agreed_to_sharing(patient: Patient) -> Consent:
    """What the patient signed about sharing with another office, if it is in force."""
    return consents.in_force(patient).get("referral")
