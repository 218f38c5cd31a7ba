"""Got worse after the form was sent: what pressing the button does, and pressing it."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from intake.door import draft
from intake.door.door import DoorRequest
from intake.door.frame import next_address, show_patient
from intake.emergency.advice import opens_next
from intake.models import Intake, Patient
from intake.returning.actions import start_again

BY_BUTTON = "By the button “I got worse”."


@draft.patient_page
def worse(request: DoorRequest, intake: Intake) -> HttpResponse:
    """From the last page of a form, in the browser that has just sent it. Others come by the status page."""
    if not request.door.sent_from_here:
        return redirect("intake_done")
    if request.method == "POST":
        return ask_now(request, intake.patient)
    return show_worse(request, intake.patient, back=reverse("intake_done"))


def show_worse(request: DoorRequest, patient: Patient, *, back: str) -> HttpResponse:
    opens = opens_next(patient.location)
    return show_patient(request, patient, "returning/worse.html", back=back, opens_next=opens)


def ask_now(request: DoorRequest, patient: Patient) -> HttpResponse:
    """A case is open, and the patient is at the first question about danger."""
    return go_on_with(request, start_again(patient, occasion=Intake.Occasion.WORSE, words=BY_BUTTON))


def go_on_with(request: DoorRequest, intake: Intake) -> HttpResponse:
    return draft.remember(request, redirect(next_address(intake)), intake)
