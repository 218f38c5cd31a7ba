"""Copies of what was signed, for whoever signed and for staff."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from clinic.staff.permissions import ANSWER_REQUESTS, staff_may
from clinic.staff.request import StaffRequest
from intake.door.draft import intake_of, sent_from_here
from intake.door.status_cookie import patient_of
from intake.models import Consent, Patient
from intake.seen import PATIENT, saw_patient
from intake.signing import actions as consents
from intake.signing import signed_copy


@login_not_required
@require_safe
def consent_copy(request: StaffRequest) -> HttpResponse:
    """What holds for this patient, in the browser that sent the answers or that has the status page open.

    The status page says that it asks: both may be open, and of two patients.
    """
    patient = _patient_of(request)
    signed = list(consents.in_force(patient).values()) if patient else []
    if not signed:
        raise Http404
    saw_patient(request, patient, actor=PATIENT)
    return _pdf(patient, signed)


def _patient_of(request: StaffRequest) -> Patient | None:
    intake = None if request.GET.get("from") == "status" else intake_of(request)
    if intake is not None and sent_from_here(request, intake):
        return intake.patient
    return patient_of(request)


@staff_may(ANSWER_REQUESTS)
@require_safe
def signed(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Everything ever signed for a patient, also what holds no longer, newest first."""
    patients = Patient.objects.visible_to(request.user).select_related("location")
    patient = get_object_or_404(patients, public_id=public_id)
    found = list(patient.consents.select_related("text").order_by("-pk"))
    if not found:
        raise Http404
    saw_patient(request, patient)
    return _pdf(patient, found)


def _pdf(patient: Patient, found: list[Consent]) -> HttpResponse:
    response = HttpResponse(signed_copy.make(patient, found), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="signed.pdf"'
    return response
