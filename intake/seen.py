"""The access log where a patient, or one of their intakes, is about to be shown: by staff unless another is named."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from clinic.audit.actions import LISTED, saw, saw_each
from clinic.audit.models import AccessLog
from intake.models import Intake, Patient

PATIENT = AccessLog.Actor.PATIENT
FOUND = "found"  # a name that was looked for


def saw_patient(request: HttpRequest, patient: Patient, *, actor: str | None = None) -> None:
    """Call it before anything of `patient` leaves the server; pages of patients say `actor=PATIENT`."""
    _saw(request, "patient", patient.public_id, patient, actor)


def saw_intake(request: HttpRequest, intake: Intake, *, actor: str | None = None) -> None:
    """The same, for something of this intake."""
    _saw(request, "intake", intake.public_id, intake.patient, actor)


def saw_row(request: HttpRequest, subject: str, row: Any, *, actor: str | None = None) -> None:
    """The same, for a case or a referral, which has a location of its own."""
    saw(
        request,
        actor=actor,
        subject=subject,
        subject_id=row.public_id,
        patient_id=row.patient_id,
        location_id=row.location_id,
    )


def saw_list(
    request: HttpRequest,
    patients: list[Patient],
    *,
    found: Any = (),
    subject_id: str = "",
    location_id: int | None = None,
) -> None:
    """Call it before a list leaves the server: one row for it, one for each patient it names or a search has found."""
    saw(request, subject="list", subject_id=subject_id, location_id=location_id)
    saw_each(request, subject=LISTED, people=patients)
    saw_each(request, subject=FOUND, people=found)


def _saw(request: HttpRequest, subject: str, subject_id: UUID, patient: Patient, actor: str | None) -> None:
    saw(
        request,
        actor=actor,
        subject=subject,
        subject_id=subject_id,
        patient_id=patient.pk,
        location_id=patient.location_id,
    )
