"""Asking for a visit: beside an open intake, or from the status page. The same page, with its way back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.staff.models import Location
from intake.door.door import DoorRequest
from intake.door.draft import patient_page
from intake.door.frame import next_address, show, show_patient
from intake.door.status_cookie import status_page
from intake.door.switching import as_left, keeps_typed
from intake.emergency.danger import urgency_now
from intake.models import Intake, Patient, Urgency
from intake.visits import actions as appointments
from intake.visits.forms import AskForm, as_asked


@patient_page
@keeps_typed
def intake_appointment(request: DoorRequest, intake: Intake) -> HttpResponse:
    """A browser that opened the link after the answers were sent learns nothing here, as on the last page."""
    if intake.submitted_at and not request.door.sent_from_here:
        return redirect("intake_done")
    if urgency_now(intake.patient) == Urgency.EMERGENCY:
        return redirect("intake_emergency")
    onwards = "" if intake.submitted_at else next_address(intake)
    ways = {"onwards": onwards, "back": onwards or reverse("intake_done")}
    return _page(request, intake, "intake_appointment", partial(show, request, intake, saved_at=None), **ways)


@status_page
@keeps_typed
def status_appointment(request: DoorRequest, patient: Patient) -> HttpResponse:
    intake = patient.intakes.select_related("protocol").first()
    intake.patient = patient
    shown = partial(show_patient, request, patient)
    return _page(request, intake, "status_appointment", shown, onwards="", back=reverse("status"))


def _page(
    request: DoorRequest, intake: Intake, here: str, show: Callable[..., HttpResponse], **ways: Any
) -> HttpResponse:
    patient = intake.patient
    not_now = partial(show, "visits/not_now.html", **ways)
    if not appointments.are_offered(patient):
        return not_now(status=409 if request.method == "POST" else 200)
    standing = appointments.standing(patient)
    if request.method == "POST" and "withdraw" in request.POST:
        return _withdrawn(request, standing, here)
    form = AskForm(
        request.POST if request.method == "POST" else None,
        locations=Location.objects.with_a_therapist() or Location.objects.all(),
        initial=as_asked(standing.asked) if standing.asked else {"location": patient.location.slug},
    )
    if request.door.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        try:
            appointments.ask(intake, **form.said())
        except appointments.NotOffered:
            return not_now(status=409)
        messages.success(request, _("We have your request."))
        return redirect(here)
    changing = bool(form.errors) or request.door.switched or "change" in request.GET
    return show(
        "visits/ask.html",
        status=422 if form.errors else 200,
        form=form if changing or not standing.asked else None,
        standing=standing,
        here=reverse(here),
        **ways,
    )


def _withdrawn(request: DoorRequest, standing: Any, here: str) -> HttpResponse:
    try:
        if standing.asked:
            appointments.withdraw(standing.asked)
        messages.success(request, _("Your request is taken back."))
    except appointments.RequestChanged:
        messages.info(request, _("We had answered your request already. Here is our answer."))
    return redirect(here)
