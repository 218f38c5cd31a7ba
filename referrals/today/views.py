"""Today's list: on the screen with links, on paper with room to tick off."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.staff.permissions import ANSWER_REQUESTS, staff_may
from clinic.staff.request import StaffRequest
from intake.seen import saw_list
from referrals.today.due import Today


@require_safe
@staff_may(ANSWER_REQUESTS)
def today(request: StaffRequest) -> HttpResponse:
    """Show what this person's locations have to do."""
    now = timezone.now()
    shown = Today(request.user, now)
    saw_list(request, shown.patients, subject_id="today")
    zone = shown.places[0].zone if shown.places else None
    with timezone.override(zone):
        context = {"today": shown, "parts": shown.parts, "now": now, "location": None}
        return render(request, "today/today.html", context)
