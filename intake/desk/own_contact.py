"""What staff make sure of about who answers: proof of an authority, a grown-up patient's own details, a way back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from clinic.links.actions import address_of
from clinic.staff.permissions import ANSWER_REQUESTS, SEE_CASES, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from intake.desk.own_contact_form import OwnContactForm
from intake.door import respondents, way_back
from intake.models import Case, Patient, Respondent
from intake.seen import saw_patient


@staff_may(ANSWER_REQUESTS)
def confirm_contact(request: StaffRequest, public_id: UUID) -> HttpResponse:
    patients = Patient.objects.visible_to(request.user).select_related("location")
    patient = get_object_or_404(patients, public_id=public_id)
    form = OwnContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        email, phone = form.cleaned_data["email"], form.cleaned_data["phone"]
        if respondents.confirm_contact(patient, email=email, phone=phone, by=request.user):
            messages.success(request, "The patient's own details are on file. The guardian's are gone.")
        else:
            messages.info(request, "Somebody has confirmed these details already.")
        return redirect("confirm_contact", patient.public_id)
    return _show(request, patient, form)


@pressed_on("confirm_contact", "public_id")
@staff_may(ANSWER_REQUESTS)
def give_out_links(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The patient's links, to print or write down. Sleeping ones work again."""
    patients = Patient.objects.visible_to(request.user).select_related("location")
    patient = get_object_or_404(patients, public_id=public_id)
    links = [(link, address_of(link)) for link in way_back.give_out(patient, by=request.user)]
    return _show(request, patient, OwnContactForm(), links=links, asked=True)


def _show(request: StaffRequest, patient: Patient, form: OwnContactForm, **more: Any) -> HttpResponse:
    saw_patient(request, patient)
    with timezone.override(patient.location.zone):
        acting = respondents.acting_for(patient)
        context = {"form": form, "patient": patient, "location": patient.location, "acting": acting} | more
        return render(request, "desk/own_contact.html", context, status=422 if form.errors else 200)


@pressed_on("case", "public_id")
@staff_may(SEE_CASES)
def proof_seen(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """From the case page: somebody on staff has seen proof that the respondent may act for the patient."""
    case = get_object_or_404(Case.objects.visible_to(request.user), public_id=public_id)
    _note_proof(request, Respondent.objects.select_related("intake__patient").filter(intake=case.intake_id).first())
    return redirect(case)


@pressed_on("confirm_contact", "public_id")
@staff_may(ANSWER_REQUESTS)
def proof_seen_at_desk(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """From the patient's page at the desk, where the paper is shown: of whoever answered the intake sent along."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), public_id=public_id)
    sent = request.POST.get("intake")
    acting = (one for one in respondents.acting_for(patient) if str(one.intake.public_id) == sent)
    _note_proof(request, next(acting, None))
    return redirect("confirm_contact", patient.public_id)


def _note_proof(request: StaffRequest, respondent: Respondent | None) -> None:
    if respondent and respondents.see_proof(respondent, by=request.user):
        messages.success(request, "Noted that you have seen proof.")
    else:
        messages.info(request, "Nothing had to be noted any more.")
