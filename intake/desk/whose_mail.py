"""Whose a mail about a form, a case, a visit or a patient is."""

from collections.abc import Collection

from django.db.models.functions import Lower
from django.urls import reverse

from clinic.messages.guard import tells_what_is_known
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.messages.privacy import Known
from clinic.messages.whose import Whose, tells_whose, tells_whose_addresses_are_seen
from clinic.staff.models import User
from clinic.staff.permissions import FIND_PATIENTS, SEE_CASES
from intake.models import AppointmentRequest, Case, Intake, Patient

OF_A_PATIENT = {"intake": Intake, "case": Case, "appointment": AppointmentRequest}


@tells_whose("patient", *OF_A_PATIENT)
def of_a_patient(message: Message, user: User) -> Whose | None:
    """Return the patient, with the case to those who see cases.

    An alarm to staff names nobody to anyone else.
    """
    patient, case = _patient(message), None
    if patient is None or not _may_know(message, patient, user):
        return None
    if user.may(SEE_CASES):
        of_theirs = Case.objects.filter(patient=patient, location__in=user.places())
        mine = of_theirs.filter(public_id=message.subject_id) if message.subject_type == "case" else of_theirs
        case = mine.select_related("acknowledged_by").order_by("pk").last()
    return Whose(
        name=patient.full_name,
        phone=patient.phone,
        carrier=str(case.acknowledged_by or "") if case else "",
        address=case.get_absolute_url() if case else reverse("patient", args=[patient.public_id]),
        patient=patient,
    )


def _may_know(message: Message, patient: Patient, user: User) -> bool:
    kind = KINDS.get(message.kind)
    is_alarm = kind is None or kind.audience == "staff"
    return user.may(SEE_CASES if is_alarm else FIND_PATIENTS) and user.sees(patient.location_id)


def _patient(message: Message) -> Patient | None:
    if message.subject_type == "patient":
        return Patient.objects.filter(public_id=message.subject_id).select_related("location").first()
    rows = OF_A_PATIENT[message.subject_type].objects.filter(public_id=message.subject_id)
    row = rows.select_related("patient__location").first()
    return row.patient if row else None


@tells_whose_addresses_are_seen
def of_patients_seen(addresses: Collection[str], user: User) -> set[str]:
    """Return which of these are addresses of patients at this person's locations."""
    here = Patient.objects.filter(location__in=user.places()).annotate(small=Lower("email"))
    return set(here.filter(small__in=addresses).values_list("small", flat=True))


@tells_what_is_known("patient", *OF_A_PATIENT)
def known_of(message: Message) -> Known:
    """Return what no mail about this patient may hold."""
    patient = _patient(message)
    return patient.known if patient else Known()
