"""What a browser at a specialist's office has open: a signed cookie with a key for each referral that was opened in it.

A key holds the id and generation of the link, the round of the referral, the name the person gave, and when. It is
good for that referral; another of the same office is opened from it by a press, and has a key of its own from then on.
On every page the link is looked up again, so withdrawing, renewing or expiring it ends the key at once, and no other.
Staff sign-in plays no part here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from clinic.links.cookie import SignedCookie, stamp
from clinic.links.models import Link
from referrals.models import Referral

COOKIE = SignedCookie("office", salt="referrals.office", life=timedelta(hours=4))
MOST_HELD = 2600  # characters, which are signed as 3500; a browser keeps 4096
ONLY_ITSELF, REACHES = 0, 1  # does a key lead to the other referrals of its office?

Key = list[Any]


@dataclass(frozen=True)
class OfficeSession:
    """One referral that is open in this browser, by whom, and until when.

    `reaches`: the others of its office may be opened from it.
    """

    referral: Referral
    link: Link
    person: str
    began: float
    reaches: bool

    @property
    def until(self) -> datetime:
        return datetime.fromtimestamp(self.began, tz=UTC) + COOKIE.life


def begin(
    response: HttpResponse,
    *,
    link: Link,
    referral: Referral,
    person: str,
    besides: HttpRequest | None = None,
    began: float | None = None,
) -> None:
    """Open the referral of `link` in this browser, besides what it has open.

    One that was opened from another ends when that does: `began`. Where there is no room for all, the first are closed.
    """
    held = [key for key in _keys(besides) if key[0] != str(link.pk)] if besides else []
    key = [str(link.pk), link.generation, referral.round, person, began or stamp(), REACHES]
    held.append(key)
    while len(json.dumps(held)) > MOST_HELD:
        held.pop(0)
    COOKIE.keep(response, held)


def end(response: HttpResponse) -> None:
    """Take everything that is open from this browser."""
    COOKIE.forget(response)


def current(request: HttpRequest, public_id: UUID) -> OfficeSession | None:
    """Return this referral where it is open here and its link lives, else None."""
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
    for pk, generation, round_, person, began, reaches in reversed(keys):
        link = links.get(pk)
        referral = referrals.get(link.subject_id) if link else None
        if link and referral and (link.generation, referral.round) == (generation, round_):
            yield OfficeSession(referral, link, person, began, reaches == REACHES)


def _keys(request: HttpRequest) -> list[Key]:
    """Return the keys that are not over.

    A cookie from before each referral had an address is one key, without the time it was made; it reaches no other.
    """
    held = COOKIE.held_by(request) or []
    now = stamp()
    if held and isinstance(held[0], str):
        return [[*held, now, ONLY_ITSELF]]
    return [key for key in held if now - key[4] <= COOKIE.life.total_seconds()]
