"""Addresses from before each referral had its own: pages drawn then are open in browsers, and may be sent."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from referrals.models import ReferralMove
from referrals.office import session as office_session
from referrals.office.room import take, to_room
from referrals.office.session import OfficeSession
from referrals.office.views import ended


@login_not_required
@require_http_methods(["GET", "POST"])
def office_answer(request: HttpRequest, answer: str) -> HttpResponse:
    """Take an answer for the referral on whose page it was given, and no other."""
    opened = office_session.opened(request)
    if not opened:
        return ended(request)
    if request.method == "GET":
        return _only(opened)
    session = _read_on(request.POST.get("saw", ""), opened)
    return take(request, session, answer) if session else ended(request)


def _read_on(saw: str, opened: list[OfficeSession]) -> OfficeSession | None:
    """Return the referral whose newest line the page held."""
    line = int(saw[:18]) if saw.isascii() and saw.isdigit() else 0
    referral = ReferralMove.objects.filter(pk=line).values_list("referral", flat=True).first()
    return next((one for one in opened if one.referral.pk == referral), None)


@login_not_required
@require_GET
def office_letter(request: HttpRequest) -> HttpResponse:
    """Lead to the letter, where no other referral is open."""
    opened = office_session.opened(request)
    if len(opened) == 1:
        return redirect("office_room_letter", public_id=opened[0].referral.public_id)
    return _only(opened) if opened else ended(request)


@login_not_required
@require_GET
def office_done(request: HttpRequest, answer: str) -> HttpResponse:
    opened = office_session.opened(request)
    return _only(opened) if opened else ended(request)


def _only(opened: list[OfficeSession]) -> HttpResponse:
    """Lead to the room of the one that is open, or to all."""
    return to_room(opened[0]) if len(opened) == 1 else redirect("office")
