"""The mailbox bounces come to, read by IMAP. Reports of ours are taken out of it; the rest is left for a person.

A bounce quotes a mail and names its reader, so none stays longer than it takes to read it.
"""

import imaplib
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import Error
from django.db.models.functions import Now

from clinic.messages.bounces import MOST_BYTES
from clinic.messages.came_back import take_mail
from clinic.messages.models import SweepBeat

log = logging.getLogger(__name__)

PATIENCE = 20  # seconds for each answer
MOST_AT_ONCE = 200
MAY_BE_UNREAD = timedelta(hours=1)  # it is read each minute; a mail that comes back meanwhile counts as sent


def unread_since(read_at: datetime | None, now: datetime) -> datetime | bool:
    """Return since when the mailbox was not read, once that is too long.

    True for never, False where all is well.
    """
    if not settings.BOUNCE_MAILBOX:
        return False
    if read_at is None:
        return True
    return read_at if now - read_at > MAY_BE_UNREAD else False


def read_mailbox() -> int:
    """Read what nobody has read yet; return how many were reports of ours.

    Without a mailbox there is nothing to do.
    """
    if not settings.BOUNCE_MAILBOX:
        return 0
    where = urlsplit(settings.BOUNCE_MAILBOX)
    connect, usual = (imaplib.IMAP4_SSL, 993) if where.scheme == "imaps" else (imaplib.IMAP4, 143)
    box = connect(where.hostname or "", where.port or usual, timeout=PATIENCE)
    try:
        box.login(unquote(where.username or ""), unquote(where.password or ""))
        taken = _read(box, unquote(where.path.strip("/")) or "INBOX")
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()
    SweepBeat.objects.update(came_back_read_at=Now())
    return taken


def _read(box: imaplib.IMAP4, folder: str) -> int:
    box.select(f'"{folder}"')
    _said, [found] = box.uid("SEARCH", "UNSEEN")
    taken = 0
    for number in found.split()[:MOST_AT_ONCE]:
        _said, parts = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
        raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        ours = _taken(raw)
        box.uid("STORE", number, "+FLAGS", r"(\Seen \Deleted)" if ours else r"(\Seen)")
        taken += ours
    box.expunge()
    return taken


def _taken(raw: bytes) -> bool:
    """Take one; what cannot be read stops none behind it."""
    try:
        return take_mail(raw)
    except Error:
        raise
    except Exception as error:
        log.error("A mail in the mailbox of bounces could not be read: %s", type(error).__name__)
        return False
