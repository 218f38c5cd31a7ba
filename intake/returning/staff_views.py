"""From the case page: invite a patient again."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from clinic.staff.permissions import SEE_CASES, staff_may
from intake.models import Case
from intake.returning.actions import NoAddress
from intake.returning.actions import invite_again as invite


@require_POST
@staff_may(SEE_CASES)
def invite_again(request, public_id):
    """The patient keeps their record and gets a link to a new form."""
    case = get_object_or_404(Case.objects.visible_to(request.user), public_id=public_id)
    try:
        invite(case.patient, by=request.user)
        messages.success(request, "The invitation is on its way. It leads to a new form for the same patient.")
    except NoAddress:
        messages.warning(request, "There is no email address on file. Call the patient; nothing was sent.")
    return redirect(case)
