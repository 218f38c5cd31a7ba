"""Everything on file of one patient, newest first; each row with a link where this person may follow it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.staff.models import User
from clinic.staff.permissions import SEE_CASES
from intake.models import AppointmentRequest, Case, Intake, Patient, PatientFile, Urgency
from referrals.desk.specialties import specialty_called
from referrals.models import Referral
from referrals.patients.entries import (
    Entry,
    entries,
    of_cases,
    of_files,
    of_referrals,
    of_sent_forms,
    of_unsent_forms,
    of_visits,
)

NEWEST = 200  # of each sort; nobody reads further back on a screen
NEVER_WRITTEN_OF = {"case", "file"}  # to a patient or an office


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
    """Return what `user` may know of a patient, in two questions: of cases and files the desk hears nothing."""
    found = entries(*_sorts(patient, user))
    subjects = [patient.public_id, *(entry.public_id for entry in found if entry.sort not in NEVER_WRITTEN_OF)]
    told = [*(_row(entry, user) for entry in found), *map(_message, _messages(subjects, user))]
    return sorted(told, key=lambda row: row.at, reverse=True)


def _sorts(patient: Patient, user: User) -> list[QuerySet]:
    def newest(model: Any, shape: Callable[[QuerySet], QuerySet]) -> QuerySet:
        return shape(model.objects.visible_to(user).filter(patient=patient)).order_by("-at")[:NEWEST]

    return [
        newest(Intake, of_sent_forms),
        newest(Intake, of_unsent_forms),
        newest(Case, of_cases),
        newest(AppointmentRequest, of_visits),
        newest(Referral, of_referrals),
        newest(PatientFile, of_files),
    ]


def _messages(subjects: list[UUID], user: User) -> Any:
    """Return mails to patient and offices; one to staff would tell the desk of an alarm."""
    outside = [name for name, kind in KINDS.items() if kind.audience != "staff"]
    sent = Message.objects.visible_to(user).filter(subject_id__in=subjects, kind__in=outside)
    return sent.order_by("-due_at", "pk")[:NEWEST]


def _row(entry: Entry, user: User) -> OnFile:
    """Return an entry in words; that a patient got worse is for those who see cases."""
    if entry.sort in FORMS:
        return _form(entry, says_why=user.may(SEE_CASES))
    return OTHERS[entry.sort](entry)


def _form(entry: Entry, *, says_why: bool) -> OnFile:
    on_paper, sent = bool(entry.stands), entry.sort == "sent form"
    unsent = "On paper, not keyed in yet" if on_paper else "Not sent yet"
    return OnFile(
        entry.at,
        "Form on paper" if on_paper else "Form",
        Intake.Occasion(entry.says).label if says_why else "",
        "Sent" if sent else unsent,
        reverse("paper_form", args=[entry.public_id]) if on_paper and not sent else "",
    )


def _case(entry: Entry) -> OnFile:
    state = Case.Status(entry.stands).label
    return OnFile(
        entry.at,
        "Case",
        Case.OpenedBecause(entry.says).label,
        f"{state}: {entry.who}" if entry.who else state,
        reverse("case", args=[entry.public_id]),
        Urgency(entry.level).word,
    )


def _visit(entry: Entry) -> OnFile:
    words, state = str(AppointmentRequest.Reason(entry.says).label), AppointmentRequest.State(entry.stands).label
    return OnFile(entry.at, "Visit", words, state, reverse("appointment_request", args=[entry.public_id]))


def _referral(entry: Entry) -> OnFile:
    to, state = specialty_called(entry.says), Referral.Status(entry.stands).label
    url = reverse("referral", args=[entry.public_id])
    return OnFile(entry.at, "Referral", to, state, url, Urgency(entry.level).word)


def _file(entry: Entry) -> OnFile:
    words = str(PatientFile.Kind(entry.says).label)
    return OnFile(entry.at, "File", words, entry.stands, reverse("patient_file", args=[entry.public_id]))


def _message(message: Message) -> OnFile:
    url = reverse("message", args=[message.pk])
    at = message.settled_at or message.due_at
    return OnFile(at, "Message", message.title, message.get_status_display(), url)


FORMS = {"form", "sent form"}
OTHERS = {"case": _case, "visit": _visit, "referral": _referral, "file": _file}
