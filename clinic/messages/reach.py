"""How a mail reaches a patient, for staff who read about them: whether it arrives, and what they have turned off."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from clinic.messages.came_back import offs
from clinic.messages.models import AddressOff, MailStop
from clinic.messages.stopping import stops_of


@dataclass(frozen=True)
class Reach:
    """Hold what stands between a patient and our mails: an address, categories."""

    off: AddressOff | None
    stopped: tuple[MailStop, ...]


def reach_of(reader_id: UUID, address: str) -> Reach:
    """Return how mails reach this patient at this address."""
    off = offs().filter(address__iexact=address).first() if address else None
    return Reach(off, tuple(stops_of(reader_id)))


def with_reach(people: QuerySet[Any]) -> QuerySet[Any]:
    """Let each carry how mails reach them, in the very question that asks for them.

    `carried_by` reads it.
    """
    off = offs().filter(address__iexact=OuterRef("email")).exclude(address="")
    stopped = MailStop.objects.filter(reader_id=OuterRef("public_id"), ended_at=None)
    return people.annotate(
        address_off=Subquery(off.values_list(JSONObject(since="since", code="code", message_id="message_id"))[:1]),
        mails_stopped=ArraySubquery(stopped.values_list(JSONObject(since="since", category="category", how="how"))),
    )


def carried_by(person: Any) -> Reach:
    """Return how mails reach somebody who was asked for `with_reach`."""
    off = person.address_off and AddressOff(**_with_its_moment(person.address_off))
    return Reach(off, tuple(MailStop(**_with_its_moment(one)) for one in person.mails_stopped))


def _with_its_moment(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"since": datetime.fromisoformat(row["since"])}
