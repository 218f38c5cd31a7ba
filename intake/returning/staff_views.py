"""From the case page: invite a patient again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clinic.staff.permissions import SEE_CASES, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from intake.models import Case
from intake.returning.actions import NoAddress
from intake.returning.actions import invite_again as invite


@pressed_on("case", "public_id")
@staff_may(SEE_CASES)
def invite_again(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The patient keeps their record and gets a link to a new form."""
    case = get_object_or_404(Case.objects.visible_to(request.user), public_id=public_id)
    try:
        invite(case.patient, by=request.user)
        messages.success(request, "The invitation is on its way. It leads to a new form for the same patient.")
    except NoAddress:
        messages.warning(request, "There is no email address on file. Call the patient; nothing was sent.")
    return redirect(case)
