"""The status page's ways back in: got worse, a new form."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from intake.door.door import DoorRequest
from intake.door.frame import show_patient
from intake.door.status_cookie import status_page
from intake.models import Intake, Patient
from intake.returning import actions as again_actions
from intake.returning.views import ask_now, go_on_with, show_worse


@status_page
def worse(request: DoorRequest, patient: Patient) -> HttpResponse:
    """What pressing the button does; pressing it opens a case and asks about danger at once."""
    if request.method == "POST":
        return ask_now(request, patient)
    return show_worse(request, patient, back=reverse("status"))


@status_page
def again(request: DoorRequest, patient: Patient) -> HttpResponse:
    if request.method == "POST":
        return go_on_with(request, again_actions.start_again(patient, occasion=Intake.Occasion.AGAIN))
    return show_patient(request, patient, "returning/again.html", back=reverse("status"))


@status_page(shows=False)
@require_POST
def go_on(request: DoorRequest, patient: Patient) -> HttpResponse:
    """Back into the form that is not sent yet: the date of birth was asked here already."""
    begun = again_actions.go_on(patient)
    return go_on_with(request, begun) if begun else redirect("status")
