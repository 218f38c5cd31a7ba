"""Whose message it is, for staff who have to do something about it: whom to phone, who carries it, where it stands.

The outbox knows a subject by its id alone; each app says here what its own are.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.staff.models import User


@dataclass(frozen=True)
class Whose:
    """Whom a message was for. `patient` is who is named, for the access log."""

    name: str
    phone: str = ""
    carrier: str = ""
    address: str = ""
    patient: Any = None


Finder = Callable[[Message, User], Whose | None]
FINDERS: dict[str, Finder] = {}


def tells_whose(*subject_types: str) -> Callable[[Finder], Finder]:
    """Register the function below for messages about these subjects."""

    def register(find: Finder) -> Finder:
        FINDERS.update(dict.fromkeys(subject_types, find))
        return find

    return register


def whose(message: Message, user: User) -> Whose | None:
    """Return whose message it is, as `user` may see it; None where nobody says."""
    find = FINDERS.get(message.subject_type)
    return find(message, user) if find else None


Seen = Callable[[Collection[str], User], set[str]]
SEEN: list[Seen] = []


def tells_whose_addresses_are_seen(find: Seen) -> Seen:
    """Register the function below, which says whose addresses somebody may read.

    It takes addresses in small letters and returns those of patients whom that person sees.
    """
    SEEN.append(find)
    return find


def hide_addresses(messages: Collection[Message], user: User) -> None:
    """Hide to whom mails went of patients whom `user` does not see.

    They are at another location by now, or gave another address since. A kind nobody knows any more counts as one to
    patients.
    """
    to_patients = [one for one in messages if one.kind not in KINDS or KINDS[one.kind].audience == "patient"]
    addresses = {one.recipient.lower() for one in to_patients}
    seen = set().union(*(find(addresses, user) for find in SEEN)) if addresses else set()
    for one in to_patients:
        one.is_hidden = one.recipient.lower() not in seen
