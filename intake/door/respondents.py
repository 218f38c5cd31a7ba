"""Who answers for a patient: said before the questions, changed until the answers are sent.

`by` is the member of staff who acts, or None for whoever answers.
"""

from collections.abc import Iterator
from datetime import date, datetime

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.links.actions import withdraw
from clinic.links.models import Link
from clinic.messages.actions import readdress
from clinic.staff.models import Location, User
from clinic.staff.permissions import ANSWER_REQUESTS
from intake.door import emails
from intake.models import Intake, Patient, Respondent

Kind, Authority = Respondent.Kind, Respondent.Authority
AUTHORITIES = {
    Kind.PATIENT: (),
    Kind.HELPER: (),
    Kind.GUARDIAN: (Authority.PARENT, Authority.COURT, Authority.OTHER),
    Kind.REPRESENTATIVE: (Authority.POWER_OF_ATTORNEY, Authority.COURT, Authority.OTHER),
}


class DoesNotFit(Exception):
    """This person cannot answer in this way; `field` is what to mend, `code` says why."""

    def __init__(self, field: str, code: str) -> None:
        self.field, self.code = field, code
        super().__init__(f"{field}: {code}")


class NoLongerOpen(Exception):
    """The answers were sent; who gave them no longer changes."""


@transaction.atomic
def set_respondent(
    intake: Intake,
    *,
    kind: str,
    name: str = "",
    relationship: str = "",
    authority: str = "",
    contact_is_of: str | None = None,
    by: User | None = None,
) -> Respondent:
    """Say who answers this intake, in place of whoever was named before.

    `contact_is_of` says whose phone and email are on file; left out, it stays as it is. Raises DoesNotFit for a
    parent of an adult, a missing name or an authority that does not go with the kind, and NoLongerOpen.
    """
    intake = Intake.objects.select_for_update(of=("self",)).select_related("patient__location").get(pk=intake.pk)
    if intake.submitted_at:
        raise NoLongerOpen
    patient = Patient.objects.select_for_update(of=("self",)).select_related("location").get(pk=intake.patient_id)
    kind = Kind(kind)
    for why in unfit(patient, kind, name=name, authority=authority):
        raise why
    acts = kind in Respondent.ACTS_FOR_PATIENT
    said = {
        "kind": kind,
        "name": "" if kind == Kind.PATIENT else name.strip(),
        "relationship": "" if kind == Kind.PATIENT else relationship.strip(),
        "authority": authority if acts else "",
        "of_a_minor": patient.is_minor,
    }
    with pghistory.context(**({"user": by.pk} if by else {})):
        before = Respondent.objects.filter(intake=intake).first()
        if before is None:
            before = Respondent.objects.create(intake=intake, **said)
        elif any(getattr(before, field) != value for field, value in said.items()):
            for field, value in said.items():
                setattr(before, field, value)
            before.given_at = timezone.now()
            before.proof_seen_at = before.proof_seen_by = None  # it was proof for somebody else
            before.save()
        if contact_is_of is not None and patient.contact_is_of != contact_is_of:
            patient.contact_is_of = contact_is_of
            patient.save(update_fields=["contact_is_of"])
    return before


def unfit(patient: Patient, kind: str, *, name: str, authority: str) -> Iterator[DoesNotFit]:
    """Every reason why somebody of this kind cannot answer for the patient as they said."""
    if kind == Kind.GUARDIAN and not patient.is_minor:
        yield DoesNotFit("kind", "adult")
    if kind != Kind.PATIENT and not any(letter.isalpha() for letter in name):
        yield DoesNotFit("name", "required")
    if AUTHORITIES[kind] and authority not in AUTHORITIES[kind]:
        yield DoesNotFit("authority", "does_not_go" if authority else "required")


def contact_of(patient: Patient, kind: str) -> str:
    """Whose details they are when they belong to somebody who acts. What is given for a minor ends with their age."""
    of = Patient.ContactIsOf
    if kind not in Respondent.ACTS_FOR_PATIENT:
        return of.PATIENT
    return of.GUARDIAN if patient.is_minor else of.REPRESENTATIVE


def whose_contact(intake: Intake, *, was_minor: bool) -> str:
    """Whose details they are after another date of birth was typed; `was_minor` is what the patient was before.

    A slip in the year must not close the form to the parent who made it: who answers is asked anew. Mended, they are
    a guardian's again, and end with the patient's age.
    """
    patient, of = intake.patient, Patient.ContactIsOf
    if patient.outgrew_guardian:
        return of.PATIENT
    if patient.is_minor and not was_minor:
        guarded = Respondent.objects.filter(intake=intake, kind=Kind.GUARDIAN).exists()
        if guarded or patient.contact_is_of == of.REPRESENTATIVE:
            return of.GUARDIAN
    return patient.contact_is_of


def needs_respondent(intake: Intake) -> bool:
    """True until somebody said who answers, and again when that was said of an adult who turns out to be a child.

    Whoever typed a wrong year and called themselves a helper, or the patient, may be the parent who has to sign. The
    other way around it is asked of a parent only: a child that has come of age goes on as itself.
    """
    respondent = Respondent.objects.filter(intake=intake).first()
    if respondent is None:
        return True
    minor = intake.patient.is_minor
    return (minor and respondent.of_a_minor is False) or (respondent.kind == Kind.GUARDIAN and not minor)


def answered_by_somebody_else(intake: Intake) -> bool:
    return Respondent.objects.filter(intake=intake).exclude(kind=Kind.PATIENT).exists()


# Coming of age ------------------------------------------------------------------------------------------------------


def came_of_age(now: datetime) -> int:
    """Patients who are adults now and are still reached through a guardian: their links end and staff ask them for
    their own details. Returns how many. The guardian's signatures hold no longer by themselves. Safe to run often.
    """
    found = 0
    for location in Location.objects.all():
        born_by = _born_by(now.astimezone(location.zone).date(), location.majority_age)
        guarded = location.patients.filter(contact_is_of=Patient.ContactIsOf.GUARDIAN, came_of_age_at=None)
        for patient in guarded.filter(date_of_birth__lte=born_by):
            found += _comes_of_age(patient, now)
    return found


def _born_by(today: date, age: int) -> date:
    """Whoever was born later is not yet `age` today. Who was born on February 29 comes of age on March 1."""
    try:
        return today.replace(year=today.year - age)
    except ValueError:
        return today.replace(year=today.year - age, day=28)


@transaction.atomic
def _comes_of_age(patient: Patient, now: datetime) -> bool:
    patient = Patient.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=patient.pk).first()
    if patient is None or patient.came_of_age_at:
        return False
    patient.came_of_age_at = now
    patient.save(update_fields=["came_of_age_at"])
    subjects = [patient.public_id, *patient.intakes.values_list("public_id", flat=True)]
    for link in Link.objects.filter(
        purpose__in=(Link.Purpose.INTAKE, Link.Purpose.STATUS), subject_id__in=subjects, withdrawn_at=None
    ):
        withdraw(link)
    return True


@transaction.atomic
def confirm_contact(patient: Patient, *, email: str, phone: str, by: User) -> bool:
    """The patient's own details, asked for by `by`, in place of a guardian's. False when somebody was quicker.

    An unfinished intake can be gone on with: its link is mailed to the new address.
    """
    if not by.may(ANSWER_REQUESTS) or not by.sees(patient.location_id):
        raise PermissionDenied
    patient = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    if not patient.came_of_age_at:
        return False
    with pghistory.context(user=by.pk):
        patient.email, patient.phone = email, phone
        patient.contact_is_of, patient.came_of_age_at = Patient.ContactIsOf.PATIENT, None
        patient.save(update_fields=["email", "phone", "contact_is_of", "came_of_age_at"])
    for intake in patient.intakes.all():
        readdress(subject_type="intake", subject_id=intake.public_id, to=email, language=patient.language)
        if email and not intake.submitted_at:
            emails.resume_link_requested(intake)
    return True


# Proof ---------------------------------------------------------------------------------------------------------------


def acting_for(patient: Patient) -> list[Respondent]:
    """Everybody who answered for this patient by an authority, the last first."""
    acts = Respondent.objects.filter(intake__patient=patient, kind__in=Respondent.ACTS_FOR_PATIENT)
    return list(acts.select_related("intake__patient", "proof_seen_by").order_by("-given_at", "-pk"))


@transaction.atomic
def see_proof(respondent: Respondent, *, by: User) -> bool:
    """A member of staff saw proof of the authority. False when somebody had before."""
    if not by.may(ANSWER_REQUESTS) or not by.sees(respondent.intake.patient.location_id):
        raise PermissionDenied
    respondent = Respondent.objects.select_for_update(of=("self",)).get(pk=respondent.pk)
    if respondent.proof_seen_at or not respondent.acts_for_patient:
        return False
    with pghistory.context(user=by.pk):
        respondent.proof_seen_at, respondent.proof_seen_by = timezone.now(), by
        respondent.save(update_fields=["proof_seen_at", "proof_seen_by"])
    return True
