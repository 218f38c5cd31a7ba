"""Staff invite a patient to fill in an intake: somebody new, or somebody the clinic knows already."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from clinic.staff.permissions import INVITE_PATIENTS, staff_may
from clinic.staff.request import StaffRequest
from intake.door.contact import InvitationForm
from intake.inviting import actions
from intake.inviting.people import MOST_OFFERED, invited_already, on_file
from intake.models import AlreadySubmitted, Intake, Patient
from intake.questionnaire import actions as intakes
from intake.returning import actions as again
from intake.seen import saw_patient

SOMEBODY_ELSE = "new"


@staff_may(INVITE_PATIENTS)
def invite(request: StaffRequest) -> HttpResponse:
    """Send the invitation.

    When name and birth date are those of a patient on file, or of somebody who was invited, staff say first who it is.
    """
    locations = request.user.locations.with_a_therapist()
    form = InvitationForm(
        request.POST if request.method == "POST" else None, locations=locations, initial={"language": "en"}
    )
    known, before = [], None
    if request.method == "POST" and form.is_valid():
        chosen, said = request.POST.get("who", ""), form.cleaned_data
        who = (request.user, said["first_name"], said["last_name"], said["date_of_birth"])
        found, near = on_file(*who)
        known, before = [*found, *near][:MOST_OFFERED], invited_already(*who)
        same = next((patient for patient in known if str(patient.public_id) == chosen), None)
        if same:
            return _invite_again(request, same)
        if before and chosen == str(before.public_id):
            return _send_again(request, before)
        if chosen == SOMEBODY_ELSE or not (known or before) or _by_the_same_press(form):
            return _invite(request, form)
        for patient in (*known, *([before.patient] if before else [])):
            saw_patient(request, patient)
    asks = bool(known or before)
    context = {"form": form, "known": known, "before": before, "somebody_else": SOMEBODY_ELSE}
    return render(request, "inviting/invite.html", context, status=422 if form.errors or asks else 200)


def _by_the_same_press(form: InvitationForm) -> bool:
    """Say whether this very page has begun an intake already: it was sent twice."""
    return Intake.objects.filter(public_id=form.public_id()).exists()


def _invite(request: StaffRequest, form) -> HttpResponse:
    try:
        intakes.invite_patient(by=request.user, public_id=form.public_id(), **form.contact())
    except AlreadySubmitted:
        messages.info(request, "This invitation was already used.")
    else:
        messages.success(request, "The invitation is on its way. The patient can open it for two weeks.")
    return redirect("invitations")


def _invite_again(request: StaffRequest, patient: Patient) -> HttpResponse:
    try:
        again.invite_again(patient, by=request.user)
    except again.NoAddress:
        messages.warning(request, "There is no email address on file for this patient. Nothing was sent.")
    else:
        messages.success(request, "The invitation is on its way. It leads to a new form for the same patient.")
    return redirect("invitations")


def _send_again(request: StaffRequest, intake: Intake) -> HttpResponse:
    try:
        actions.send_again(intake, by=request.user)
    except actions.InvitationChanged as error:
        messages.warning(request, error.words)
    else:
        messages.success(request, "The invitation they have goes out once more. Its link is good for two weeks.")
    return redirect("invitations")
