"""Promises to patients that are missed now, and for managers how many were kept."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.audit.actions import saw
from clinic.staff.permissions import ANSWER_REQUESTS, SEE_PROMISES, staff_may
from referrals.promises import kept_and_missed, missed_promises


@require_GET
@staff_may(ANSWER_REQUESTS)
def promises(request):
    saw(request, subject="list")
    return render(
        request,
        "referrals/promises.html",
        {
            "missed": missed_promises(request.user),
            "totals": kept_and_missed(request.user) if request.user.may(SEE_PROMISES) else None,
        },
    )
