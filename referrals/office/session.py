"""What a browser at a specialist's office has open: a signed cookie with a key for each referral that was opened in it.

A key holds the id and generation of the link, the round of the referral, the name the person gave, and when. It is
good for that referral and nothing else. On every page the link is looked up again, so withdrawing, renewing or expiring
it ends the key at once, and no other. Staff sign-in plays no part here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.links.cookie import SignedCookie, stamp
from clinic.links.models import Link
from referrals.models import Referral

COOKIE = SignedCookie("office", salt="referrals.office", life=timedelta(hours=4))
MOST_KEYS = 12  # a cookie holds 4096 bytes

Key = list[Any]


@dataclass(frozen=True)
class OfficeSession:
    """One referral that is open in this browser, by whom, and until when."""

    referral: Referral
    link: Link
    person: str
    until: datetime


def begin(
    response: HttpResponse, *, link: Link, referral: Referral, person: str, besides: HttpRequest | None = None
) -> None:
    """Open the referral of `link` in this browser, besides what the one asking (`besides`) has open."""
    held = [key for key in _keys(besides) if key[0] != str(link.pk)] if besides else []
    key = [str(link.pk), link.generation, referral.round, person, stamp()]
    COOKIE.keep(response, [*held, key][-MOST_KEYS:])


def end(response: HttpResponse) -> None:
    """Take everything that is open from this browser."""
    COOKIE.forget(response)


def current(request: HttpRequest, public_id: UUID) -> OfficeSession | None:
    """Return this referral, where the browser has it open and its link lives, else None."""
    return next((one for one in opened(request) if one.referral.public_id == public_id), None)


def opened(request: HttpRequest) -> list[OfficeSession]:
    """Return all that is open in this browser, the newest first."""
    keys = _keys(request)
    links = Link.objects.live().filter(purpose=Link.Purpose.OFFICE).in_bulk([key[0] for key in keys])
    links = {str(pk): link for pk, link in links.items() if not link.asleep}
    with_them = Referral.objects.select_related(
        "patient", "specialist", "location", "owner", "sent_letter", "decision__by"
    ).filter(specialist__isnull=False, sent_at__isnull=False)
    subjects = [link.subject_id for link in links.values()]
    referrals = {one.public_id: one for one in with_them.filter(public_id__in=subjects)}
    return list(_those_that_open(keys, links, referrals))


def _those_that_open(
    keys: list[Key], links: dict[str, Link], referrals: dict[UUID, Referral]
) -> Iterator[OfficeSession]:
    for pk, generation, round_, person, at in reversed(keys):
        link = links.get(pk)
        referral = referrals.get(link.subject_id) if link else None
        if link and referral and (link.generation, referral.round) == (generation, round_):
            ends = datetime.fromtimestamp(at, tz=timezone.get_default_timezone()) + COOKIE.life
            yield OfficeSession(referral, link, person, ends)


def _keys(request: HttpRequest) -> list[Key]:
    """Return the keys that are not over.

    A cookie from before each referral had an address is one key, without the time it was made.
    """
    held = COOKIE.held_by(request) or []
    now = stamp()
    if held and isinstance(held[0], str):
        return [[*held, now]]
    return [key for key in held if now - key[4] <= COOKIE.life.total_seconds()]
