"""What every message about a referral shares: its row, and the way back from the row to the referral."""

from typing import Any

from clinic.messages import actions as messages
from clinic.messages.models import Message
from referrals.models import Referral


def about(referral: Referral, name: str, *numbers: Any, to: str = "", language: str = "en", **more: Any) -> Message:
    """Schedule a message about this referral; `numbers` make its key the only one."""
    return messages.schedule(
        name,
        key=":".join([name, str(referral.public_id), *map(str, numbers)]),
        to=to,
        language=language,
        subject_type="referral",
        subject_id=referral.public_id,
        location=referral.location,
        **more,
    )


def referral_of(message: Message) -> Referral:
    """Return the referral a message is about."""
    return Referral.objects.select_related("specialist", "owner", "patient").get(public_id=message.subject_id)
