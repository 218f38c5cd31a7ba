"""The session of a specialist's office: a signed cookie that is good for one referral and nothing else.

It holds the id and generation of the link, the round of the referral, and the name the person gave. On every page
the link is looked up again, so withdrawing, renewing or expiring it ends the session at once. Staff sign-in plays no
part here.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from clinic.links.cookie import SignedCookie
from clinic.links.models import Link
from referrals.models import Referral

COOKIE = SignedCookie("office", salt="referrals.office", life=timedelta(hours=4))


@dataclass(frozen=True)
class OfficeSession:
    referral: Referral
    link: Link
    person: str


def begin(response: HttpResponse, *, link: Link, referral: Referral, person: str) -> None:
    """Bind this browser to the referral of `link`, and to no other any more."""
    COOKIE.keep(response, [str(link.pk), link.generation, referral.round, person])


def end(response: HttpResponse) -> None:
    """Take the session from this browser."""
    COOKIE.forget(response)


def current(request: HttpRequest) -> OfficeSession | None:
    """Return the session of this browser while its link lives, else None."""
    held = COOKIE.held_by(request)
    if held is None:
        return None
    pk, generation, round_, person = held
    link = Link.objects.live().filter(pk=pk, generation=generation, purpose=Link.Purpose.OFFICE).first()
    if link is None or link.asleep:
        return None
    referral = (
        Referral.objects.select_related("patient", "specialist", "location", "owner", "sent_letter", "decision__by")
        .filter(public_id=link.subject_id, round=round_, specialist__isnull=False, sent_at__isnull=False)
        .first()
    )
    return OfficeSession(referral, link, person) if referral else None
