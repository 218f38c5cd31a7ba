"""Say in words which specialty a referral is for."""

from django.utils.translation import get_language

from intake import triage
from referrals.models import Referral


def specialty_label(referral: Referral) -> str:
    """Return the name of the specialty, in the language of the page."""
    protocol = triage.shipped()
    if referral.specialty not in protocol.specialists:
        return referral.specialty.replace("_", " ")
    return protocol.specialist_in(referral.specialty, get_language())
