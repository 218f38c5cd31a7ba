"""Closing a case: what each reason takes, and who tells the patient. One table for action, form and page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from clinic.staff.models import User
from intake.models import Case, Contact, Decision, Intake, Patient
from intake.review.reaching import NotOnRecord

Outcome, Reason = Decision.Outcome, Decision.Reason


@dataclass(frozen=True)
class Closing:
    """What follows from one reason to close.

    `mail`: the kind of mail that tells the patient; the desk calls or writes where it does not go. Without one,
    `nobody` says why nobody tells them. `talk`: the reason is the patient's own word, so the contact log holds a talk.
    """

    mail: str = "decision_made"
    nobody: str = ""
    talk: bool = False


CLOSINGS = {
    Reason.ANSWER_WRONG: Closing(),
    Reason.EXPLAINED: Closing(),
    Reason.EXAMINED: Closing(talk=True),
    Reason.ALREADY_TREATED: Closing(),
    Reason.MORE_SERIOUS: Closing(),
    Reason.PATIENT_CHOICE: Closing(talk=True),
    Reason.OTHER: Closing(),
    Reason.BY_PHONE: Closing(),
    Reason.NOT_REACHED: Closing(mail="not_reached"),
    Reason.TWICE: Closing(mail="", nobody="The patient hears of the other form, which goes on."),
    Reason.NO_CARE: Closing(mail="", nobody="The patient said so, and has heard our answer.", talk=True),
}


def missing(case: Case, *, reason: str, outcome: str, other_intake: Intake | None) -> tuple[str, str]:
    """Return the field in which a decision lacks something, and what its reason takes.

    Both are empty when it lacks nothing. What the patient wants is on record wherever it is a reason; what they chose
    or showed, where it ends their case.
    """
    closing = CLOSINGS.get(Reason(reason), Closing())
    takes_a_talk = closing.talk and (outcome == Outcome.CLOSED or reason == Reason.NO_CARE)
    if takes_a_talk and not Contact.objects.since_news(case).filter(outcome__in=Contact.SPOKEN).exists():
        said = Reason(reason).label[0].lower() + Reason(reason).label[1:]
        return "reason", f"Nobody spoke with the patient yet, by the contact log. Record the talk first: {said}."
    if reason == Reason.TWICE and not (other_intake and _goes_on(other_intake, case)):
        return "other_intake", "Choose the other form of this patient: one that is reviewed, and not closed as doubled."
    return "", ""


def check(case: Case, *, reason: str, outcome: str, other_intake: Intake | None) -> None:
    """Raise NotOnRecord for a decision that lacks what its reason takes.

    The case of the other form is locked, so that of two never each is closed for the other.
    """
    if other_intake:
        Case.objects.select_for_update().filter(intake=other_intake).first()
    _field, why = missing(case, reason=reason, outcome=outcome, other_intake=other_intake)
    if why:
        raise NotOnRecord(why)


def other_forms(case: Case, *, user: User) -> list[Intake]:
    """Return the other forms of this person that are reviewed, the newest first.

    Who began anew is another patient with the same name and birth date; only of patients `user` may see.
    """
    patient = case.patient
    visible = Patient.objects.visible_to(user).select_related("location")
    same = visible.called(patient.last_name, patient.first_name, born=patient.date_of_birth).found
    forms = Intake.objects.filter(patient__in=[patient, *same], case__isnull=False).exclude(pk=case.intake_id)
    return [form for form in forms.select_related("case", "patient__location") if not _is_doubled(form.case)]


def _goes_on(form: Intake, case: Case) -> bool:
    """Say whether this form, of the same person, is reviewed and not doubled."""
    other = Case.objects.select_related("patient").filter(intake=form).first()
    if other is None or other.pk == case.pk or _is_doubled(other):
        return False
    return other.patient == case.patient or other.patient.is_same_person(case.patient)


def _is_doubled(case: Case) -> bool:
    """True of a case that was closed as doubled itself, or is proposed to be."""
    if case.status not in (Case.Status.DECIDED, Case.Status.SECOND_LOOK):
        return False
    last = case.decisions.filter(refused_at=None).last()
    return last is not None and last.reason == Reason.TWICE


def closed_for(case: Case, *, user: User) -> list[Case]:
    """Return the cases of doubled forms that were closed because this one goes on."""
    closed = Decision.objects.filter(other_intake=case.intake_id, effective_at=F("case__decided_at"))
    return list(Case.objects.visible_to(user).filter(pk__in=closed.values("case")))


def in_words(forms: Sequence[Intake], case: Case) -> list[tuple[str, str]]:
    """Return each form as somebody chooses it: its id and what tells it from others."""
    return [(str(form.public_id), _in_words(form, case)) for form in forms]


def _in_words(form: Intake, case: Case) -> str:
    zone = form.patient.location.zone
    day = (form.submitted_at or form.started_at).astimezone(zone)
    whose = "" if form.patient_id == case.patient_id else f", {form.patient.full_name}"
    state = form.case.get_status_display().lower()
    return f"Form of {day:%b} {day.day}, {day.year}{whose}, {form.patient.location}: {form.case.tier.label}, {state}"
