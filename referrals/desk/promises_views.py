"""Promises to patients that are missed now, and for managers how many were kept."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.staff.permissions import ANSWER_REQUESTS, SEE_PROMISES, staff_may
from clinic.staff.request import StaffRequest
from intake.seen import saw_list
from referrals.desk.promises import kept_and_missed, missed_promises


@require_GET
@staff_may(ANSWER_REQUESTS)
def promises(request: StaffRequest) -> HttpResponse:
    missed = missed_promises(request.user)
    saw_list(request, [one.patient for one in missed if one.patient is not None])
    return render(
        request,
        "referrals/promises.html",
        {
            "missed": missed,
            "totals": kept_and_missed(request.user) if request.user.may(SEE_PROMISES) else None,
        },
    )
