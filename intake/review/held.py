"""Two people and one case: taking it over, what the open page learns, and what is typed on it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET

from clinic.staff.permissions import DECIDE_CASES, SEE_CASES, staff_may
from clinic.staff.request import StaffRequest
from clinic.typed.actions import refused
from clinic.web.pressed import pressed_on
from intake.models import Case
from intake.review import actions
from intake.review.holding import SomebodyElses, put_off
from intake.review.take_over_form import TakeOverForm
from intake.review.typed import throw_away_words
from intake.review.views import INVALID, find_case, show_case


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def take_over_case(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Take a case from the colleague who has it, with a reason they read."""
    found = find_case(request, public_id)
    form = TakeOverForm(request.POST)
    if not form.is_valid():
        return show_case(request, found, status=INVALID, take_over_form=form)
    holder = found.acknowledged_by
    try:
        actions.take_over(found, by=request.user, **form.cleaned_data)
        messages.success(request, f"You have this case now. {holder} is told.")
    except SomebodyElses as theirs:
        refused(request)
        messages.warning(request, f"{theirs.case.acknowledged_by} has this case by now. Nothing was changed.")
    except actions.CaseChanged:
        refused(request)
        messages.warning(request, "Nobody has this case any more: it waits, or it is decided. Nothing was changed.")
    return redirect(found)


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def case_typed(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Note that somebody types on their case.

    What they typed is kept on the way in; `discard` drops it.
    """
    found = find_case(request, public_id)
    if "discard" in request.POST:
        throw_away_words(request, found)
        return redirect(found)
    put_off(found, by=request.user)
    return HttpResponse(status=204)


@require_GET
@staff_may(SEE_CASES)
def case_moved(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Tell an open page what happened since its version; 304 while nothing has.

    It says nothing about the patient.
    """
    visible = Case.objects.visible_to(request.user).select_related("acknowledged_by", "location")
    found = get_object_or_404(visible, public_id=public_id)
    tag = quote_etag(f"{found.version}")
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        seen = request.GET.get("seen", "")
        since = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
        events = found.events.filter(version__gt=since).select_related("by")
        shown = {"case": found, "seen": since, "events": events}
        with timezone.override(found.location.zone):
            response = render(request, "review/_moved.html", shown)
    response.headers["ETag"] = tag
    return response


case_moved.polled = True  # by the page, not by a person
