"""The visit of a specialist's office: a signed cookie that is good for one referral and nothing else.

It holds the id and generation of the link, the round of the referral, and the name the person gave. On every page
the link is looked up again, so withdrawing, renewing or expiring it ends the visit at once. Staff sign-in plays no
part here.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing

from clinic.links.models import Link
from referrals.models import Referral

COOKIE = "__Host-office" if settings.PRODUCTION else "plumbline_office"
SALT = "referrals.office"
LASTS = 4 * 3600  # seconds


@dataclass(frozen=True)
class Visit:
    referral: Referral
    link: Link
    person: str


def begin(response, *, link: Link, referral: Referral, person: str) -> None:
    """Bind this browser to the referral of `link`. Replaces whatever visit it had before."""
    value = signing.dumps([str(link.pk), link.generation, referral.round, person], salt=SALT)
    response.set_cookie(
        COOKIE, value, max_age=LASTS, path="/", secure=settings.PRODUCTION, httponly=True, samesite="Lax"
    )


def end(response) -> None:
    response.delete_cookie(COOKIE, path="/", samesite="Lax")


def current(request) -> Visit | None:
    """The visit of this browser while its link lives, else None."""
    try:
        pk, generation, round_, person = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError):
        return None
    link = Link.objects.live().filter(pk=pk, generation=generation, purpose=Link.Purpose.OFFICE).first()
    if link is None or link.asleep:
        return None
    referral = (
        Referral.objects.select_related("patient", "specialist", "location", "owner", "sent_letter", "decision__by")
        .filter(public_id=link.subject_id, round=round_, specialist__isnull=False, sent_at__isnull=False)
        .first()
    )
    return Visit(referral, link, person) if referral else None
