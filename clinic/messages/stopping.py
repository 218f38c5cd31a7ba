"""What patients turn off: a category of reminders, by one press in a mail or on their page (decision 0069).

The address of the press holds the message and a proof that we wrote it, and nothing about anybody. Whoever was sent the
mail may press; all they can do is to get fewer of its kind.
"""

import base64
import hmac
from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import keyed
from clinic.messages.kinds import CATEGORIES, KINDS
from clinic.messages.models import MailStop, Message

TURNED_OFF = "The patient has turned off these reminders."
HALF = 16  # bytes: the id of the message, and as many of its proof; 43 characters together, like every secret here


def stop_address(message: Message) -> str:
    """Return the address that stops the category of this message; "" for none."""
    kind = KINDS.get(message.kind)
    if kind is None or not kind.category:
        return ""
    secret = base64.urlsafe_b64encode(message.id.bytes + _proof(message.id)).decode().rstrip("=")
    return settings.SITE_URL + reverse("stop_mails", args=[secret])


def message_of(secret: str) -> Message | None:
    """Return the message an address was made for; None where we did not make it."""
    try:
        raw = base64.urlsafe_b64decode(f"{secret}=")
        asked = UUID(bytes=raw[:HALF])
    except ValueError:
        return None
    if not hmac.compare_digest(raw[HALF:], _proof(asked)):
        return None
    found = Message.objects.select_related("location").filter(pk=asked).first()
    return found if found and found.kind in KINDS and KINDS[found.kind].category else None


def _proof(id_: UUID) -> bytes:
    return keyed("stop", str(id_))[:HALF]


def is_turned_off(message: Message) -> bool:
    """Say whether its reader wants no more of its category."""
    kind = KINDS[message.kind]
    reader_id = kind.reader_id(message) if kind.category else None
    return reader_id is not None and stops_of(reader_id).filter(category=kind.category).exists()


def stops_of(reader_id: UUID) -> QuerySet[MailStop]:
    """Return what this patient has turned off."""
    return MailStop.objects.filter(reader_id=reader_id, ended_at=None)


@transaction.atomic
def stop(reader_id: UUID, category: str, *, how: str) -> MailStop:
    """Send this patient no more of a category. Pressed twice, it is stopped once."""
    if category not in CATEGORIES:
        raise ValueError(f"There is no category of reminders called {category}.")
    made, _new = MailStop.objects.get_or_create(
        reader_id=reader_id, category=category, ended_at=None, defaults={"how": how}
    )
    return made


@transaction.atomic
def choose(reader_id: UUID, wanted: Collection[str]) -> None:
    """Keep which categories this patient wants, as they chose on their page."""
    stops_of(reader_id).filter(category__in=wanted).update(ended_at=timezone.now())
    for category in CATEGORIES:
        if category not in wanted:
            stop(reader_id, category, how=MailStop.How.PAGE)
