"""What every message about a referral shares: its row, the way back to the referral, and whom staff mails go to."""

from typing import Any

from django.utils import timezone

from clinic.messages import actions as messages
from clinic.messages.models import Message
from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS, SIGN_REFERRALS
from referrals.models import Cover, Referral


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


def carrier_of(referral: Referral) -> User | None:
    """Return whoever carries it; None once they no longer work at its location."""
    owner = referral.owner
    return owner if owner and owner.is_active and owner.sees(referral.location_id) else None


def who_hear(referral: Referral) -> list[User]:
    """Return whoever carries it and who covers them; else the desk there."""
    carrier = carrier_of(referral)
    return [carrier, *_covering(carrier, referral)] if carrier else list(User.objects.who_answer_at(referral.location))


def _covering(carrier: User, referral: Referral) -> list[User]:
    standing = Cover.objects.at(timezone.now()).filter(away=carrier).select_related("covered_by")
    people = dict.fromkeys(one.covered_by for one in standing)
    return [one for one in people if one.may(CARRY_REFERRALS) and one.sees(referral.location_id)]


def reader_of(referral: Referral) -> User | None:
    """Return the therapist who decided, and reads its report; None once they may not."""
    author = referral.decision.by
    return author if author.may(SIGN_REFERRALS) and author.sees(referral.location_id) else None
