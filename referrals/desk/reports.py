"""The specialist's report: a therapist opens it, and says by name that it was read."""

from pathlib import PurePosixPath
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from clinic.audit.actions import saw
from clinic.files import kept
from clinic.staff.permissions import SIGN_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.next_up import done_in
from clinic.web.pressed import pressed_on
from referrals import moves as actions
from referrals.models import Report


def find(request: StaffRequest, public_id: UUID) -> Report:
    rows = Report.objects.visible_to(request.user).select_related("referral")
    return get_object_or_404(rows, public_id=public_id)


@require_GET
@staff_may(SIGN_REFERRALS)
def report(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """The file as an attachment, after its checksum was compared with the one from the day it came."""
    found = find(request, public_id)
    if not found.file:
        raise Http404
    saw(
        request,
        subject="report",
        subject_id=found.public_id,
        patient_id=found.referral.patient_id,
        location_id=found.referral.location_id,
    )
    try:
        return kept.attachment(kept.intact(found.file, found.sha256), f"report{PurePosixPath(found.file.name).suffix}")
    except kept.Damaged:
        return kept.damaged(request)


@pressed_on("referrals")
@staff_may(SIGN_REFERRALS)
def read_report(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find(request, public_id)
    actions.read_report(found, by=request.user)
    messages.success(request, "You have read the report. The referral can be closed.")
    done_in(request, "referrals")
    return redirect("referral", public_id=found.referral.public_id)
