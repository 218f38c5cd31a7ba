"""Promises to patients that are missed now, and for managers how many were kept."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.staff.permissions import ANSWER_REQUESTS, SEE_PROMISES, staff_may
from clinic.staff.request import StaffRequest
from intake.seen import saw_list
from referrals.desk.kept import kept, totals
from referrals.desk.promises import SHOWN, missed_promises

COUNTED = timedelta(days=30)


@require_GET
@staff_may(ANSWER_REQUESTS)
def promises(request: StaffRequest) -> HttpResponse:
    """List what is missed now; to managers, also how many were kept lately."""
    now = timezone.now()
    missed = missed_promises(request.user, now)
    saw_list(request, [one.patient for one in missed if one.patient is not None])
    counted = totals(kept(request.user.places(), now - COUNTED, now)) if request.user.may(SEE_PROMISES) else None
    return render(request, "referrals/promises.html", {"missed": missed, "shown": SHOWN, "totals": counted})
