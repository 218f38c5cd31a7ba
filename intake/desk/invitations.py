"""Staff invite a patient to fill in an intake: somebody new, or somebody the clinic knows already."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render

from clinic.staff.models import User
from clinic.staff.permissions import INVITE_PATIENTS, staff_may
from clinic.staff.request import StaffRequest
from intake.door.contact import InvitationForm
from intake.models import AlreadySubmitted, Intake, Patient
from intake.questionnaire import actions as intakes
from intake.returning import actions as again
from intake.seen import saw_patient

SOMEBODY_ELSE = "new"
MOST_OFFERED = 5


@staff_may(INVITE_PATIENTS)
def invite(request: StaffRequest) -> HttpResponse:
    """Sends the invitation. When name and birth date are those of a patient on file, staff say first who it is."""
    locations = request.user.locations.with_a_therapist()
    form = InvitationForm(
        request.POST if request.method == "POST" else None, locations=locations, initial={"language": "en"}
    )
    known = []
    if request.method == "POST" and form.is_valid():
        chosen, known = request.POST.get("who", ""), _known(request.user, form)
        same = next((patient for patient in known if str(patient.public_id) == chosen), None)
        if same:
            return _invite_again(request, same)
        if not known or chosen == SOMEBODY_ELSE:
            return _invite(request, form)
        for patient in known:
            saw_patient(request, patient)
    context = {"form": form, "known": known, "somebody_else": SOMEBODY_ELSE}
    return render(request, "desk/invite.html", context, status=422 if form.errors or known else 200)


def _known(user: User, form: InvitationForm) -> list[Patient]:
    """Return who may be the same person: by letters and birth date, or of that date with a name that is near."""
    said = form.cleaned_data
    first_name, last_name = said["first_name"], said["last_name"]
    on_file = Patient.objects.visible_to(user).select_related("location")
    on_file = on_file.filter(Exists(Intake.objects.filter(patient=OuterRef("pk"), submitted_at__isnull=False)))
    found, others = on_file.called(last_name, first_name, born=said["date_of_birth"])
    return [*found, *(patient for patient in others if patient.is_near(first_name, last_name))][:MOST_OFFERED]


def _invite(request: StaffRequest, form: Any) -> HttpResponse:
    try:
        intakes.invite_patient(by=request.user, public_id=form.public_id(), **form.contact())
    except AlreadySubmitted:
        messages.info(request, "This invitation was already used.")
    else:
        messages.success(request, "The invitation is on its way. The patient can open it for two weeks.")
    return redirect("invite")


def _invite_again(request: StaffRequest, patient: Patient) -> HttpResponse:
    try:
        again.invite_again(patient, by=request.user)
    except again.NoAddress:
        messages.warning(request, "There is no email address on file for this patient. Nothing was sent.")
    else:
        messages.success(request, "The invitation is on its way. It leads to a new form for the same patient.")
    return redirect("invite")
