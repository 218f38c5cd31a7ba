"""The door of a specialist's office: a mailed link, who they are, and leaving; no account.

Looking changes nothing; only a POST with a code opens: read out or faxed by the desk, good once.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from clinic.links import actions as links
from clinic.links.models import Link
from clinic.staff.models import Location
from referrals import moves as actions
from referrals.models import Referral
from referrals.office import known as computers
from referrals.office import session as office_session
from referrals.office.forms import OpenForm

Status = Referral.Status


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def office_link(request: HttpRequest, secret: str) -> HttpResponse:
    """A plain page with one button. Nothing on it tells whose referral it is, or whether it still stands."""
    link = links.find(secret)
    referral = _sent_by(link)
    if referral is None:
        return ended(request)
    office = referral.specialist
    known = computers.is_known(request, office)
    form = OpenForm(request.POST if request.method == "POST" else None, known=known)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        right = known or (not link.asleep and actions.take_code(office, given["code"]))
        outcome = links.try_open(link, right)
        if isinstance(outcome, links.Opened):
            response = _opened(request, referral, link, given["person"])
            if given.get("ours"):
                computers.remember(request, response, office)
            return response
        if isinstance(outcome, links.Asleep) or outcome.tries_left == 0:
            return asleep(request, referral)
        form.add_error("code", wrong_code(outcome.tries_left))
    elif link.asleep:
        return asleep(request, referral)
    return render(
        request,
        "office/open.html",
        {"form": form, "location": referral.location, "known": known},
        status=422 if form.errors else 200,
    )


def _opened(request: HttpRequest, referral: Referral, link: Link, person: str) -> HttpResponse:
    """Lead to the room of the referral, which is open from now on."""
    actions.office_opened(referral, office=person)
    response = redirect("office_room", public_id=referral.public_id)
    office_session.begin(response, link=link, referral=referral, person=person, besides=request)
    return response


def _sent_by(link: Link | None) -> Referral | None:
    """The referral a live office link opens, while it is with that office."""
    if link is None or link.purpose != Link.Purpose.OFFICE:
        return None
    return (
        Referral.objects.select_related("specialist", "location")
        .filter(public_id=link.subject_id, specialist__isnull=False, sent_at__isnull=False)
        .exclude(status__in=[Status.DRAFT, *Referral.ENDED])
        .first()
    )


def wrong_code(tries_left: int) -> str:
    return ngettext(
        "This code does not open it: it is mistyped, was used, or ran out. %(left)d try is left.",
        "This code does not open it: it is mistyped, was used, or ran out. %(left)d tries are left.",
        tries_left,
    ) % {"left": tries_left}


def ended(request: HttpRequest) -> HttpResponse:
    """Show one page for a link that opens nothing, and for a room not open here.

    What else is open in this browser stays open: it may be in another tab.
    """
    response = render(request, "office/ended.html", {"locations": Location.objects.all()}, status=404)
    if not office_session.opened(request):
        office_session.end(response)
    return response


def asleep(request: HttpRequest, referral: Referral) -> HttpResponse:
    return render(request, "office/asleep.html", {"location": referral.location}, status=429)


@login_not_required
@require_POST
def office_leave(request: HttpRequest) -> HttpResponse:
    """Forget everything that is open in this browser, and whose computer it is."""
    opened = office_session.opened(request)
    if not opened:
        return ended(request)
    response = render(request, "office/left.html", {"location": opened[0].referral.location})
    office_session.end(response)
    computers.forget(response)
    return response
