"""Everything on file of one patient, newest first; each row with a link where this person may follow it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.staff.models import User
from clinic.staff.permissions import SEE_CASES
from intake.models import AppointmentRequest, Case, Intake, Patient, PatientFile, Urgency
from referrals.desk.specialties import specialty_label
from referrals.models import Referral

NEWEST = 200  # of each sort; nobody reads further back on a screen


@dataclass(frozen=True)
class OnFile:
    """One thing on file. `level` is its urgency, where whoever looks may know it."""

    at: datetime
    kind: str
    words: str
    state: str
    url: str = ""
    level: str = ""


def everything(patient: Patient, *, user: User) -> list[OnFile]:
    """Return what `user` may know of a patient: of cases and files the desk hears nothing."""
    forms = list(Intake.objects.visible_to(user).filter(patient=patient)[:NEWEST])
    visits = list(_of(AppointmentRequest, patient, user).order_by("-asked_at")[:NEWEST])
    referrals = list(_of(Referral, patient, user).order_by("-created_at")[:NEWEST])
    cases = _of(Case, patient, user).select_related("acknowledged_by", "decided_by").order_by("-opened_at")[:NEWEST]
    files = _of(PatientFile, patient, user).order_by("-added_at")[:NEWEST]
    subjects = [patient.public_id, *(one.public_id for one in [*forms, *visits, *referrals])]
    rows = [
        *(_form(form, says_why=user.may(SEE_CASES)) for form in forms),
        *map(_case, cases),
        *map(_visit, visits),
        *map(_referral, referrals),
        *map(_file, files),
        *map(_message, _messages(subjects, user)),
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _of(model: Any, patient: Patient, user: User) -> Any:
    return model.objects.visible_to(user).filter(patient=patient)


def _messages(subjects: Any, user: User) -> Any:
    """Return mails to patient and offices; one to staff would tell the desk of an alarm."""
    outside = [name for name, kind in KINDS.items() if kind.audience != "staff"]
    sent = Message.objects.visible_to(user).filter(subject_id__in=subjects, kind__in=outside)
    return sent.order_by("-due_at", "pk")[:NEWEST]


def _form(form: Any, *, says_why: bool) -> OnFile:
    """Return a form; that a patient got worse is for those who see cases."""
    where = " on paper" if form.paper_code else ""
    unsent = "On paper, not keyed in yet" if form.paper_code else "Not sent yet"
    url = reverse("paper_form", args=[form.public_id]) if form.paper_code and not form.submitted_at else ""
    state = "Sent" if form.submitted_at else unsent
    return OnFile(
        form.submitted_at or form.started_at,
        f"Form{where}",
        form.get_occasion_display() if says_why else "",
        state,
        url,
    )


def _case(case: Case) -> OnFile:
    state = case.get_status_display()
    who = case.decided_by or case.acknowledged_by
    return OnFile(
        case.opened_at,
        "Case",
        case.get_opened_because_display(),
        f"{state}: {who}" if who else state,
        case.get_absolute_url(),
        case.tier.word,
    )


def _visit(asked: Any) -> OnFile:
    url = reverse("appointment_request", args=[asked.public_id])
    return OnFile(asked.asked_at, "Visit", asked.get_reason_display(), asked.get_state_display(), url)


def _referral(referral: Referral) -> OnFile:
    url = reverse("referral", args=[referral.public_id])
    level = Urgency(referral.urgency).word
    to = specialty_label(referral)
    return OnFile(referral.created_at, "Referral", to, referral.get_status_display(), url, level)


def _file(file: Any) -> OnFile:
    url = reverse("patient_file", args=[file.public_id])
    return OnFile(file.added_at, "File", file.get_kind_display(), file.name, url)


def _message(message: Message) -> OnFile:
    url = reverse("message", args=[message.pk])
    at = message.settled_at or message.due_at
    return OnFile(at, "Message", message.title, message.get_status_display(), url)
