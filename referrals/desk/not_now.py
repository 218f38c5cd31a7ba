"""A form whose referral somebody has moved since it was drawn: sent twice, behind, or of a step that fits no more."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from clinic.staff.request import StaffRequest
from clinic.typed.actions import waiting
from referrals import moves as actions
from referrals.models import Referral
from referrals.moves.forms import ReferralForm

ALREADY_SENT = "This referral was already sent. Take it back before choosing again."
HAS_ENDED = "This referral has ended. Open it again before changing the letter."


def sent_twice(request: StaffRequest, found: Referral, form_class: type[ReferralForm]) -> bool:
    """Say whether only this very form, as it is, was sent since its page was drawn.

    Another call or note of the same person is no repetition: what it says would be lost.
    """
    saw = request.POST.get("saw", "")
    if request.method != "POST" or not (saw.isascii() and saw.isdigit()):
        return False
    form = form_class(request.POST, request.FILES, referral=found)
    since = actions.all_since(found, int(saw[:18]), by=request.user)
    own = [line for line in since if line.what not in form_class.brings]
    return bool(own) and all(map(form.left, own))


def as_of_now(posted: QueryDict, found: Referral) -> QueryDict:
    """Return what was typed, once more, but on top of the history as it is now."""
    again = posted.copy()
    again["saw"] = actions.newest_line(found)
    return again


def nothing_typed(request: StaffRequest, do: str = "") -> bool:
    """Say whether nothing was typed into the form of this page.

    Neither now nor before its author was signed out.
    """
    place = f"{request.path}#{do}" if do else request.path
    return request.method != "POST" and not waiting(request.user, [place])


def not_now(request: StaffRequest, found: Referral, words: str) -> HttpResponse:
    """Lead back to the referral, where nothing is lost by it."""
    messages.warning(request, words)
    return redirect("referral", public_id=found.public_id)
