"""Whose form a page is. A browser has one form open at a time, and a shared phone may still show a page of the one
before: what is sent from there must never become somebody else's answer.

Every form on a patient's page carries a signed field that names its intake, or on the status page its patient.
"""

from uuid import UUID

from django.core import signing

FIELD, SALT = "whose", "intake.whose"


def named(public_id: UUID) -> str:
    """The value of the field."""
    return signing.Signer(salt=SALT).sign(public_id.hex)


def meant_by(request, field=FIELD) -> UUID | None:
    """The intake or patient whose page was sent; None when it does not say, or somebody changed it."""
    try:
        return UUID(signing.Signer(salt=SALT).unsign(request.POST.get(field, "")))
    except (signing.BadSignature, ValueError):
        return None
