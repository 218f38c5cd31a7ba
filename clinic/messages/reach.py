"""How a mail reaches a patient, for staff who read about them: whether it arrives, and what they have turned off."""

from dataclasses import dataclass
from uuid import UUID

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
