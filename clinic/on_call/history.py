"""Every change of the on-call list, as somebody reads it: when, by whom, before and after, and whether they know."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce

from clinic.messages.models import Message
from clinic.on_call.emails import PUT_ON, TAKEN_OFF, key_of
from clinic.staff.models import LocationQuerySet, OnCall, User

SHOWN = 50


@dataclass(frozen=True)
class Change:
    """One change of the list: a shift was put down, or taken off."""

    shift: OnCall
    at: datetime
    by: User
    taken_off: bool
    mail: Message | None

    @property
    def told(self) -> str:
        """Say how the person heard of it."""
        if self.by == self.shift.person:
            return "Did it themselves"
        if self.shift.known_at and self.shift.known_at >= self.at:
            return f"Told by {self.shift.known_by}"
        if self.mail is None:
            return "By the mail about the case"
        if self.mail.status == Message.Status.SENT:
            return "By mail"
        if self.mail.status in Message.UNSETTLED:
            return "The mail has not gone yet"
        if self.mail.status == Message.Status.SKIPPED:
            return "Not needed any more"
        return "The mail did not go"

    @property
    def is_last(self) -> bool:
        """Say whether nothing was changed on this shift since."""
        return self.taken_off == bool(self.shift.taken_off_at)

    @property
    def never_began(self) -> bool:
        """Say whether it was taken off before it began."""
        return self.taken_off and self.at <= self.shift.starts_at


def changes(places: LocationQuerySet) -> list[Change]:
    """Return the last changes at these locations, the newest first."""
    kept = Q(put_at__isnull=False) | Q(taken_off_at__isnull=False)
    rows = OnCall.objects.filter(kept, location__in=places).order_by(Coalesce("taken_off_at", "put_at").desc(), "-pk")
    shifts = list(rows.select_related("location", "person", "put_by", "taken_off_by", "known_by")[:SHOWN])
    keys = [key_of(name, shift) for shift in shifts for name in (PUT_ON, TAKEN_OFF)]
    mails = {mail.key: mail for mail in Message.objects.filter(key__in=keys)}
    found = [change for shift in shifts for change in _changes_of(shift, mails)]
    return sorted(found, key=lambda change: change.at, reverse=True)[:SHOWN]


def _changes_of(shift: OnCall, mails: dict[str, Message]) -> Iterator[Change]:
    if shift.taken_off_at and shift.taken_off_by:
        yield Change(shift, shift.taken_off_at, shift.taken_off_by, True, mails.get(key_of(TAKEN_OFF, shift)))
    if shift.put_at and shift.put_by:
        yield Change(shift, shift.put_at, shift.put_by, False, mails.get(key_of(PUT_ON, shift)))
