"""Computers of offices: where somebody with a code said that it is theirs, their links open without one for a while.

What the browser keeps is made of the mail address and the number on file, and says neither: where one of them is
corrected, it is good for nothing.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from clinic.contact import phones
from clinic.links.actions import keyed
from clinic.links.cookie import SignedCookie, stamp
from referrals.models import Specialist

COOKIE = SignedCookie("office-known", salt="referrals.office.known", life=timedelta(days=60))
MOST_OFFICES = 8


def is_known(request: HttpRequest, office: Specialist) -> bool:
    return _mark(office) in _marks(request)


def remember(request: HttpRequest, response: HttpResponse, office: Specialist) -> None:
    """Ask for no code of this office here, for as long as the cookie lives."""
    marks = _marks(request)
    marks.pop(_mark(office), None)
    held = [*marks.items(), (_mark(office), stamp())]
    COOKIE.keep(response, held[-MOST_OFFICES:])


def forget(response: HttpResponse) -> None:
    COOKIE.forget(response)


def _marks(request: HttpRequest) -> dict[str, float]:
    """Return the marks of this browser that are not over, and when each was made."""
    now = stamp()
    return {mark: at for mark, at in COOKIE.held_by(request) or [] if now - at <= COOKIE.life.total_seconds()}


def _mark(office: Specialist) -> str:
    number = phones.read(office.number_on_file).digits
    return keyed("office known", f"{office.email.casefold()}|{number}").hex()[:32]
