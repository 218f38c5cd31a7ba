"""How it goes, from the status page; and from the case page, that answers that got worse were seen."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.staff.permissions import SEE_CASES, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from intake.door import draft
from intake.door.door import DoorRequest
from intake.door.frame import show_patient
from intake.door.status_cookie import status_page
from intake.door.switching import as_left, keeps_typed
from intake.follow_up import actions as follow_ups
from intake.follow_up.forms import FollowUpForm
from intake.follow_up.page import series_of
from intake.models import Case, Patient
from intake.returning.views import go_on_with


@status_page
@keeps_typed
def follow_up(request: DoorRequest, patient: Patient) -> HttpResponse:
    """The questions that are due, else how it went so far. Whoever got worse goes on to the safety questions."""
    due = follow_ups.open_for(patient)
    if due is None:
        if request.method == "POST":
            messages.info(request, _("These questions were answered already, or are no longer open."))
            return redirect("follow_up")
        return _show_results(request, patient)
    form = FollowUpForm(
        request.POST if request.method == "POST" else None, follow_up=due, language=draft.language_of(request)
    )
    if request.door.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        try:
            done = follow_ups.answer(due, **form.answers())
        except follow_ups.NotOpen:  # sent twice at the same moment
            return redirect("follow_up")
        if done.screening:
            messages.warning(request, _("Thank you. It may be worse, so we ask you our safety questions now."))
            return go_on_with(request, done.screening)
        messages.success(request, _("Thank you. Your answers are saved."))
        return redirect("follow_up")
    return show_patient(request, patient, "follow_up/questions.html", status=422 if form.errors else 200, form=form)


def _show_results(request: DoorRequest, patient: Patient) -> HttpResponse:
    now = timezone.now()
    ahead = patient.follow_ups.filter(answered_at=None, due_at__gt=now).order_by("due_at").first()
    return show_patient(request, patient, "follow_up/results.html", series=series_of(patient, now), asked_next=ahead)


@pressed_on("case", "public_id")
@staff_may(SEE_CASES)
def seen(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Note that this member of staff has seen that the answers got worse."""
    case = get_object_or_404(Case.objects.visible_to(request.user), public_id=public_id)
    if follow_ups.seen(case.patient, by=request.user):
        messages.success(request, "Noted that you have seen these answers.")
    else:
        messages.info(request, "Somebody has seen these answers already.")
    return redirect(case)
