"""A mail that must be heard and does not go: its kind puts a call down, or tells somebody else."""

import logging
from collections.abc import Callable

from django.db import transaction

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message

log = logging.getLogger(__name__)


def look_after_late_mails() -> None:
    """Offer every mail that waits to its kind, which knows when waiting is too late.

    A mail that waits for the mail server, or for the morning, is settled only when it goes; nobody would notice.
    """
    kinds = [name for name, kind in KINDS.items() if kind.must_be_heard]
    for message in Message.objects.unsettled().filter(kind__in=kinds):
        see_that_it_is_heard(message)


def see_that_it_is_heard(message: Message) -> None:
    """Do what the kind of this message says where it does not go. One bad record stops no other mail."""
    kind = KINDS.get(message.kind)
    if kind is not None and kind.must_be_heard:
        _do(kind.source.not_gone, message, "Nobody could be told in place of %s: %s")


def see_what_it_ends(message: Message) -> None:
    """Do what the kind of this message says once it went."""
    kind = KINDS.get(message.kind)
    if kind is not None and hasattr(kind.source, "gone"):
        _do(kind.source.gone, message, "What %s ends could not be ended: %s")


def _do(what: Callable[[Message], None], message: Message, failed: str) -> None:
    try:
        with transaction.atomic():
            what(message)
    except Exception as error:
        log.error(failed, message.key, type(error).__name__)
