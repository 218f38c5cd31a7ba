"""Staff invite a patient to fill in an intake."""

from django.contrib import messages
from django.shortcuts import redirect, render

from clinic.staff.permissions import INVITE_PATIENTS, staff_may
from intake.actions import intakes
from intake.forms.contact import InvitationForm


@staff_may(INVITE_PATIENTS)
def invite(request):
    locations = request.user.locations.all()
    form = InvitationForm(
        request.POST if request.method == "POST" else None, locations=locations, initial={"language": "en"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            intakes.invite_patient(by=request.user, public_id=form.public_id(), **form.contact())
        except intakes.AlreadySubmitted:
            messages.info(request, "This invitation was already used.")
        else:
            messages.success(request, "The invitation is on its way. The patient can open it for two weeks.")
        return redirect("invite")
    return render(request, "intake/invite.html", {"form": form}, status=422 if form.errors else 200)
