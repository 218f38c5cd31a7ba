"""Say in words which specialty a referral is for."""

from django.utils.translation import get_language

from intake import triage
from referrals.models import Referral


def specialty_label(referral: Referral) -> str:
    """Return the name of the specialty, in the language of the page."""
    return specialty_called(referral.specialty)


def specialty_called(name: str) -> str:
    """Return it for the name of a specialty alone, which today's protocol may not have any more."""
    protocol = triage.shipped()
    if name not in protocol.specialists:
        return name.replace("_", " ")
    return protocol.specialist_in(name, get_language())
