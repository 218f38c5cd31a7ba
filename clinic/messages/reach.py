"""How a mail reaches a patient, for staff who read about them: what they have turned off."""

from dataclasses import dataclass
from uuid import UUID

from clinic.messages.models import MailStop
from clinic.messages.stopping import stops_of


@dataclass(frozen=True)
class Reach:
    """What stands between a patient and our mails."""

    stopped: tuple[MailStop, ...]


def reach_of(reader_id: UUID) -> Reach:
    """Return how mails reach this patient."""
    return Reach(tuple(stops_of(reader_id)))
