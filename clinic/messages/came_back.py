"""What follows from a mail that came back, or that its reader marked as unwanted (decision 0072).

Each mail leaves with an envelope address of its own, which proves that a report is about it: whoever does not hold
LINK_KEY, or the mail itself, can report nothing. A report is taken once, however often it is read.
"""

import base64
import hmac
import logging
import re
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clinic.links.actions import keyed
from clinic.messages import bounces
from clinic.messages.instead import see_that_it_is_heard
from clinic.messages.kinds import KINDS
from clinic.messages.models import REFUSED, AddressOff, MailReport, MailStop, Message
from clinic.messages.stopping import stop
from clinic.staff.models import User
from clinic.staff.permissions import SEE_MESSAGES

log = logging.getLogger(__name__)

What = MailReport.What
OFF = "Mails to this address come back. Ask for another."
ID, PROOF = 16, 10  # bytes of a token: together 42 letters, which fit into the local part of an address
LETTERS = 42
PADDING = "=" * 6
TAKEN_FOR = timedelta(days=30)  # servers give up after days; later reports are about nothing we remember


# The address of an envelope -------------------------------------------------------------------------------------------


def envelope_address(message: Message) -> str:
    """Return where a report about this mail goes: to our sender where none is set."""
    if not settings.BOUNCE_ADDRESS:
        return settings.DEFAULT_FROM_EMAIL
    local, _at, domain = settings.BOUNCE_ADDRESS.partition("@")
    return f"{local}+{token_of(message)}@{domain}"


def token_of(message: Message) -> str:
    """Return what proves that a report is about this mail."""
    return base64.b32encode(message.id.bytes + _proof(message.id)).decode().rstrip("=").lower()


def ours() -> re.Pattern[str]:
    """Return what finds a token in an address of ours."""
    local, _at, domain = settings.BOUNCE_ADDRESS.partition("@")
    return re.compile(rf"{re.escape(local)}\+([a-z2-7]{{{LETTERS}}})@{re.escape(domain)}", re.IGNORECASE)


def _proof(id_: UUID) -> bytes:
    return keyed("bounce", str(id_))[:PROOF]


def message_of(token: str) -> Message | None:
    """Return the mail an envelope address was made for; None for a forged one."""
    try:
        raw = base64.b32decode(f"{token.upper()}{PADDING}")
    except ValueError:
        return None
    asked = UUID(bytes=raw[:ID])
    if not hmac.compare_digest(raw[ID:], _proof(asked)):
        return None
    return Message.objects.filter(pk=asked).first()


# Reports --------------------------------------------------------------------------------------------------------------


def take_mail(raw: bytes) -> bool:
    """Take a report that came as a mail; False where it is none, or forged."""
    if not settings.BOUNCE_ADDRESS:
        return False
    said = bounces.read(raw, ours())
    if said is None:
        return False
    message = message_of(said.token)
    if message is None:
        return False
    return take(message, said.what, said.code, digest=sha256(raw).hexdigest())


@transaction.atomic
def take(message: Message, what: str, code: str, *, digest: str) -> bool:
    """Take a proven report once. False where it is too old to mean anything.

    A mail that came back has not arrived, whatever our own server said; an address that is wrong is off; who marked a
    reminder as unwanted gets no more of its category.
    """
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.settled_at and message.settled_at < timezone.now() - TAKEN_FOR:
        return False
    found, new = MailReport.objects.get_or_create(
        digest=digest, defaults={"message": message, "what": what, "code": code[:12]}
    )
    if not new:
        return True
    if what == What.HARD:
        turn_off(message, code=found.code)
    if what in (What.HARD, What.SOFT) and message.status == Message.Status.SENT:
        _has_not_arrived(message, found)
    if what == What.COMPLAINT:
        _is_unwanted(message)
    return True


def _has_not_arrived(message: Message, report: MailReport) -> None:
    said = f" ({report.code})" if report.code else ""
    came_back = f"{REFUSED} after it had left{said}." if report.what == What.HARD else f"It came back{said}."
    message.status, message.outcome, message.settled_at = Message.Status.FAILED, came_back, timezone.now()
    message.save(update_fields=["status", "outcome", "settled_at"])
    see_that_it_is_heard(message)


def _is_unwanted(message: Message) -> None:
    kind = KINDS.get(message.kind)
    if kind is None or not kind.category:
        return
    if reader_id := kind.reader_id(message):
        stop(reader_id, kind.category, how=MailStop.How.COMPLAINT)


# Addresses that are off -----------------------------------------------------------------------------------------------


def offs() -> QuerySet[AddressOff]:
    """Return the addresses that are off."""
    return AddressOff.objects.filter(ended_at=None)


def is_off(address: str) -> bool:
    """Say whether mails to this address come back."""
    return offs().filter(address__iexact=address).exists()


@transaction.atomic
def turn_off(message: Message, *, code: str = "") -> AddressOff:
    """Turn the address of a mail off, and put its patient into the desk's list."""
    kind = KINDS.get(message.kind)
    reader_id = kind.reader_id(message) if kind else None
    known = offs().filter(address__iexact=message.recipient, reader_id=reader_id).first()
    if known:
        return known
    return AddressOff.objects.create(address=message.recipient, reader_id=reader_id, message=message, code=code)


@transaction.atomic
def works_again(address: str, *, by: User) -> int:
    """Take it from `by` that this address works. Returns for how many it was off."""
    if not by.may(SEE_MESSAGES):
        raise PermissionDenied
    return offs().filter(address__iexact=address).update(ended_at=timezone.now(), ended_by=by)
