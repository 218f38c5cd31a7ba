"""Got worse after the form was sent: what pressing the button does, and pressing it."""

from django.shortcuts import redirect, render
from django.urls import reverse

from clinic.audit.actions import saw
from clinic.audit.models import AccessLog
from intake import draft
from intake.actions.again import start_again
from intake.models import Intake
from intake.views.patient_frame import next_address

BY_BUTTON = "By the button “I got worse”."


@draft.patient_page
def worse(request, intake):
    """From the last page of a form, in the browser that has just sent it. Others come by the status page."""
    if not draft.sent_from_here(request, intake):
        return redirect("intake_done")
    if request.method == "POST":
        return ask_now(request, intake.patient)
    return show_patient(request, intake.patient, "again/worse.html", back=reverse("intake_done"))


def ask_now(request, patient):
    """A case is open, and the patient is at the first question about danger."""
    return go_on_with(request, start_again(patient, occasion=Intake.Occasion.WORSE, words=BY_BUTTON))


def go_on_with(request, intake):
    return draft.remember(request, redirect(next_address(intake)), intake)


def show_patient(request, patient, template, *, status=200, **context):
    """Render a page about a patient that belongs to none of their intakes. The access log is written before that,
    here or where the status page was found open.
    """
    if not hasattr(request, "status_visit"):
        saw(
            request,
            actor=AccessLog.Actor.PATIENT,
            subject="patient",
            subject_id=patient.public_id,
            patient_id=patient.pk,
            location_id=patient.location_id,
        )
    return render(request, template, {"patient": patient, "location": patient.location} | context, status=status)
