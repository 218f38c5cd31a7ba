"""What a colleague is written about cases they were given: how many. Nothing that a case holds."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToAColleague, write_to
from clinic.staff.models import User
from intake.handover.untouched import give_back, handed_to
from intake.models import Case

MOST = 999  # a mail holds no larger number


def cases_handed_over(cases: Sequence[Case], *, to: User) -> Message:
    """Tell a therapist, once for each time, that they have these cases now."""
    first = cases[0]
    return write_to(to, "cases_handed_over", first.public_id, first.version, location=first.location)


@kind(
    "cases_handed_over",
    title="Cases were handed over",
    audience="staff",
    safe=("location", "link", "cases"),
    routine=False,
)
class CasesHandedOver(ToAColleague):
    """Says how many there are still, when it goes.

    Where it cannot go, anybody may take them.
    """

    @classmethod
    def still_needed(cls, message: Message) -> str:
        return "" if cls._how_many(message) else "Each of these cases was looked after, or is somebody else's."

    @classmethod
    def facts(cls, message: Message) -> dict[str, Any]:
        return {"link": settings.SITE_URL + reverse("handover"), "cases": min(cls._how_many(message), MOST)}

    @classmethod
    def _how_many(cls, message: Message) -> int:
        reader = cls.reader(message)
        return handed_to(reader).count() if reader else 0

    @classmethod
    def not_gone(cls, message: Message) -> None:
        reader = cls.reader(message)
        if reader and message.status == Message.Status.FAILED:
            give_back(reader, why="the mail about it did not reach them")
