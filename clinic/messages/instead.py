"""Calling where no mail tells: a mail that must arrive by a moment, and has not gone, becomes somebody's work."""

import logging

from django.db import transaction

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message

log = logging.getLogger(__name__)


def look_after_late_mails() -> None:
    """Offer every mail that waits to its kind, which knows when waiting is too late.

    A mail that waits for the mail server, or for the morning, is settled only when it goes; nobody would notice.
    """
    kinds = [name for name, kind in KINDS.items() if kind.calls_instead]
    for message in Message.objects.unsettled().filter(kind__in=kinds):
        call_instead_of(message)


def call_instead_of(message: Message) -> None:
    """Do what the kind of this message says where it does not go: a call, others to tell.

    One bad record stops no other mail.
    """
    kind = KINDS.get(message.kind)
    if kind is None or not kind.calls_instead:
        return
    try:
        with transaction.atomic():
            kind.source.call_instead(message)
    except Exception as error:
        log.error("No call could be made of %s: %s", message.key, type(error).__name__)
