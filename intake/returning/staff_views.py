"""From the case page: invite a patient again, and say that answers that got worse were seen."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from clinic.staff.permissions import SEE_CASES, staff_may
from intake.follow_up import actions as follow_ups
from intake.models import Case
from intake.returning.actions import NoAddress
from intake.returning.actions import invite_again as invite


def _case(request, public_id) -> Case:
    cases = Case.objects.visible_to(request.user).select_related("patient__location")
    return get_object_or_404(cases, public_id=public_id)


@require_POST
@staff_may(SEE_CASES)
def invite_again(request, public_id):
    """The patient keeps their record and gets a link to a new form."""
    case = _case(request, public_id)
    try:
        invite(case.patient, by=request.user)
        messages.success(request, "The invitation is on its way. It leads to a new form for the same patient.")
    except NoAddress:
        messages.warning(request, "There is no email address on file. Call the patient; nothing was sent.")
    return redirect(case)


@require_POST
@staff_may(SEE_CASES)
def seen(request, public_id):
    case = _case(request, public_id)
    if follow_ups.seen(case.patient, by=request.user):
        messages.success(request, "Noted that you have seen these answers.")
    else:
        messages.info(request, "Somebody has seen these answers already.")
    return redirect(case)
