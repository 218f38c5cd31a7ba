"""The mail of the morning: how many of each sort, and where they are. Nothing that any of them holds."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToAColleague, key_to, write_to
from clinic.staff.models import Location, User
from clinic.staff.permissions import SEE_CASES
from referrals.today.due import Today

MOST = 999  # a mail holds no larger number


def key_of(person: User, day: date) -> str:
    """Return what makes it the only one of a person and a day, wherever they work."""
    return key_to(person.pk, "morning_list", _number(day))


def morning_list(person: User, place: Location, day: date) -> Message:
    """Write to one person for one day; what there is then is counted when it goes."""
    return write_to(person, "morning_list", _number(day), location=place)


def _number(day: date) -> str:
    return f"{day:%Y%m%d}"


@kind(
    "morning_list",
    title="What there is to do today",
    audience="staff",
    safe=("link", "worklist", "cases", "late", "handed", "tasks", "referrals", "covered", "reports", "answers"),
    without="Staff look at Today themselves; it holds the same, and what is late is raised as ever.",
)
class MorningList(ToAColleague):
    @classmethod
    def still_needed(cls, message: Message) -> str:
        reader = cls.reader(message)
        if reader is None or not reader.is_active:
            return "This person does not work here any more."
        return "There is nothing to do." if Today(reader, timezone.now()).count().nothing else ""

    @classmethod
    def facts(cls, message: Message) -> dict[str, Any]:
        reader = cls.reader(message)
        counted = asdict(Today(reader, timezone.now()).count())
        worklist = reverse("queue") if reader.may(SEE_CASES) else reverse("requests")
        links = {"link": settings.SITE_URL + reverse("today"), "worklist": settings.SITE_URL + worklist}
        return links | {name: min(number, MOST) for name, number in counted.items()}
