"""Making, finding and opening mailed links.

The secret is derived when it is needed and is never stored. Wrong, expired and withdrawn secrets are looked up with
the same work and found alike: not at all.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pghistory
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from clinic.links.models import MOST_WRONG_TRIES, Link

PAGES: dict[str, str] = {Link.Purpose.INTAKE: "link", Link.Purpose.STATUS: "link", Link.Purpose.OFFICE: "office_link"}
MOST_COUNTED = 30_000  # what the column holds, however long somebody goes on


@dataclass(frozen=True)
class Opened:
    """The second factor was right."""


@dataclass(frozen=True)
class Wrong:
    """It was not; `tries_left` more will be looked at."""

    tries_left: int


@dataclass(frozen=True)
class Asleep:
    """The try was not looked at: too many wrong ones, or the link ended meanwhile. Staff can wake it."""


def keyed(use: str, text: str) -> bytes:
    """Return a digest that only the holder of LINK_KEY can compute; `use` keeps those of different uses apart."""
    return hmac.digest(settings.LINK_KEY.encode(), f"plumbline {use}:{text}".encode(), hashlib.sha256)


def _hash(secret: str) -> bytes:
    return keyed("hash", secret)


def secret_of(link: Link) -> str:
    """Return the secret part of the address: 43 characters that only the holder of LINK_KEY can compute."""
    return base64.urlsafe_b64encode(keyed("secret", f"{link.id}:{link.generation}")).decode().rstrip("=")


def address_of(link: Link) -> str:
    """Return the absolute address to mail. Its host comes from SITE_URL, never from a request."""
    return settings.SITE_URL + reverse(PAGES[link.purpose], args=[secret_of(link)])


@transaction.atomic(savepoint=False)  # what fails in it fails the caller's
def make_link(purpose: str, subject_id: UUID, *, expires_at: datetime, by: Any = None) -> Link:
    """Return the one live link for this purpose and subject, good until `expires_at` or longer.

    A live link is kept, so every mail that holds it goes on working. One that has expired gets a new generation and
    a new secret. So does a sleeping one, but only when a member of staff asks: mail alone never earns more tries.
    Generations count on after a link was withdrawn, so what it had opened stays closed.
    """
    now = timezone.now()
    live = Link.objects.select_for_update().filter(purpose=purpose, subject_id=subject_id, withdrawn_at=None)
    link = live.first()
    if link is None:
        link = Link(purpose=purpose, subject_id=subject_id, expires_at=expires_at)
        before = Link.objects.filter(purpose=purpose, subject_id=subject_id).aggregate(last=Max("generation"))
        link.generation = (before["last"] or 0) + 1
        link.secret_hash = _hash(secret_of(link))
        try:
            with transaction.atomic():
                link.save(force_insert=True)
        except IntegrityError:  # somebody else made it at the same moment
            link = live.get()
        else:
            return link
    ended = link.expires_at <= now
    if (ended and not link.asleep) or (link.asleep and by):
        link.generation += 1
        link.secret_hash = _hash(secret_of(link))
        link.wrong_tries = 0
    link.expires_at = expires_at if ended else max(link.expires_at, expires_at)
    link.save()
    return link


@transaction.atomic
def renew_link(purpose: str, subject_id: UUID, *, expires_at: datetime) -> Link:
    """A new secret for this purpose and subject; the one before opens nothing from now on.

    Wrong tries go over to it, so asking for links never earns more of them.
    """
    link = Link.objects.select_for_update().get(pk=make_link(purpose, subject_id, expires_at=expires_at).pk)
    link.generation += 1
    link.secret_hash = _hash(secret_of(link))
    link.expires_at = expires_at
    link.save()
    return link


@transaction.atomic
def replace_link(link: Link) -> Link:
    """Another link in place of `link`, which is over for good, also where it had been opened.

    Wrong tries go over to it.
    """
    link = Link.objects.select_for_update().get(pk=link.pk)
    withdraw(link)
    other = make_link(link.purpose, link.subject_id, expires_at=link.expires_at)
    other.wrong_tries = link.wrong_tries
    other.save(update_fields=["wrong_tries"])
    return other


@transaction.atomic
def prolong(purpose: str, subject_id: UUID, *, expires_at: datetime) -> Link | None:
    """The live link, good until `expires_at` or longer. None when there is none: a page makes no link."""
    link = Link.objects.live().select_for_update().filter(purpose=purpose, subject_id=subject_id).first()
    if link:
        link.expires_at = max(link.expires_at, expires_at)
        link.save(update_fields=["expires_at"])
    return link


def find(secret: str) -> Link | None:
    """Return the live link with this secret, asleep or not; None for anything else."""
    return Link.objects.live().filter(secret_hash=_hash(secret)).first()


@transaction.atomic(durable=True)
def try_open(link: Link, right: bool) -> Opened | Wrong | Asleep:
    """Count one try of the second factor; `right` says whether it matched.

    Tries of one link wait for each other, and after five wrong ones the answer no longer depends on `right`. Must not
    run inside another transaction: a count that can be rolled back is no count.
    """
    now = timezone.now()
    row = Link.objects.select_for_update().get(pk=link.pk)
    if row.withdrawn_at or row.expires_at <= now or row.generation != link.generation:
        return Asleep()
    if right and not row.asleep:
        row.opened_at, row.opened_count = now, row.opened_count + 1
        row.save()
        return Opened()
    was_asleep, row.wrong_tries = row.asleep, min(row.wrong_tries + 1, MOST_COUNTED)
    row.save()
    return Asleep() if was_asleep else Wrong(MOST_WRONG_TRIES - row.wrong_tries)


@transaction.atomic
def wake(link: Link, *, by: Any) -> None:
    """Give a sleeping link its tries back. `by` is a member of staff who made sure who is asking."""
    with pghistory.context(user=by.pk):
        Link.objects.live().filter(pk=link.pk).update(wrong_tries=0)


@transaction.atomic
def withdraw(link: Link, *, by: Any = None) -> None:
    """End a link for good; `by` is missing when an office ended it. The next `make_link` makes another."""
    with pghistory.context(**({"user": by.pk} if by else {})):
        Link.objects.filter(pk=link.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
