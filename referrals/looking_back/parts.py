"""The parts of what happened: seen, handed out, changed, sent, signed in, refused. Each is a query and its words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import BigIntegerField, CharField, F, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from clinic.audit.models import AccessLog
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.messages.whose import hide_addresses
from clinic.owning.people_views import colleagues
from clinic.staff.changes import ClinicChange
from clinic.staff.models import Location, User
from intake.models import Case, CaseEvent, Intake, Patient
from referrals.looking_back.asked import Asked
from referrals.looking_back.pages import page_called
from referrals.models import Referral, ReferralMove

FILES = (
    "referrals_file", "letter", "packet", "enclosure", "fax_pages", "fax_proof", "referral_file", "report",
    "patient_file", "paper_form", "call_sheet", "access_log_file", "list_to_correct", "status_answers_pdf",
    "status_answers_json", "status_calendar", "consent_copy", "signed", "office_room_letter", "office_room_packet",
    "office_room_enclosure", "office_room_file", "office_letter",
)  # fmt: skip  # the last is how the letter was asked for before each referral had an address
REFUSED = ("refused", "wrong password", "wrong code")
SUBJECTS = {"list": "A list", "listed": "Named in a list", "found": "Found by a search", "patient": "Details"}
CASES = {str(kind): label for kind, label in CaseEvent.Kind.choices}
MOVES = {str(kind): label for kind, label in ReferralMove.What.choices}
CLINIC = {str(kind): label for kind, label in ClinicChange.What.choices}


@dataclass(frozen=True)
class LogLine:
    """One thing that happened; names are looked up for a whole page at once."""

    at: datetime
    who: str
    what: str
    where: str = ""  # what the page is called
    patient_id: int | None = None
    place_id: int | None = None


@dataclass(frozen=True)
class LogPart:
    """One tab: `rows` are the newest first, `line` says one of them."""

    name: str
    label: str
    rows: Callable[[Asked], QuerySet]
    line: Callable[[Any, dict[int, str]], LogLine]


def _log(asked: Asked) -> QuerySet[AccessLog]:
    """Return the rows of the access log that belong to the locations of whoever asks."""
    places = asked.by.places().values("pk")
    people = colleagues(asked.by)
    at_these = Q(location_id__in=places)
    of_patients = Q(location_id=None, patient_id__in=Patient.objects.filter(location__in=places).values("pk"))
    about = [str(one) for one in people.values_list("public_id", flat=True)]
    of_people = Q(location_id=None, patient_id=None) & (Q(user__in=people.values("pk")) | Q(subject_id__in=about))
    rows = AccessLog.objects.filter(at_these | of_patients | of_people, at__gte=asked.since, at__lt=asked.until)
    if asked.person:
        own = Q(user=asked.person) | Q(user=None, subject_id=str(asked.person.public_id))
        rows = rows.filter(own)
    if asked.patient:
        rows = rows.filter(patient_id=asked.patient.pk)
    return rows.select_related("user").order_by("-pk")


def _seen(asked: Asked) -> QuerySet[AccessLog]:
    shown = Q(patient_id__isnull=False) | Q(subject="list")
    return _log(asked).filter(shown).exclude(page__in=FILES)


def _handed_out(asked: Asked) -> QuerySet[AccessLog]:
    return _log(asked).filter(page__in=FILES)


def _account(asked: Asked) -> QuerySet[AccessLog]:
    return _log(asked).filter(patient_id=None).exclude(subject__in=[*REFUSED, "list"])


def _refused(asked: Asked) -> QuerySet[AccessLog]:
    return _log(asked).filter(subject__in=REFUSED)


def _of_the_log(row: AccessLog, people: dict[int, str]) -> LogLine:
    who = str(row.user or row.get_actor_display())
    what = SUBJECTS.get(row.subject, row.subject.capitalize())
    return LogLine(row.at, who, what, page_called(row.page), row.patient_id, row.location_id)


def _changed(asked: Asked) -> QuerySet:
    """Return what staff changed, as rows of one shape.

    Of cases, referrals, patients' details and the clinic itself.
    """
    places = asked.by.places().values("pk")
    cases = CaseEvent.objects.filter(case__location__in=places, by__isnull=False)
    moves = ReferralMove.objects.filter(referral__location__in=places, by__isnull=False)
    history = apps.get_model("intake", "PatientHistory")  # made by the triggers' declaration
    details = history.objects.filter(location__in=places, pgh_context__metadata__user__isnull=False)
    of_all = Q(location=None, person=None)
    mine = Q(location__in=places) | Q(person__in=colleagues(asked.by).values("pk"))
    clinic = ClinicChange.objects.filter(mine | of_all)
    if asked.person:
        number = asked.person.pk
        cases, moves, clinic = (rows.filter(by=number) for rows in (cases, moves, clinic))
        details = details.filter(pgh_context__metadata__user=number)
    if asked.patient:
        number = asked.patient.pk
        cases, moves = cases.filter(case__patient=number), moves.filter(referral__patient=number)
        details, clinic = details.filter(pgh_obj=number), clinic.none()
    by_json = Cast(KeyTextTransform("user", "pgh_context__metadata"), BigIntegerField())
    parts = (
        _shaped(cases, asked, "at", by=F("by_id"), of="case", what="kind", patient="case__patient_id"),
        _shaped(moves, asked, "at", by=F("by_id"), of="referral", what="what", patient="referral__patient_id"),
        _shaped(details, asked, "pgh_created_at", by=by_json, of="patient", what="pgh_label", patient="pgh_obj_id"),
        _shaped(clinic, asked, "at", by=F("by_id"), of="clinic", what="what", patient=""),
    )
    return parts[0].union(*parts[1:], all=True).order_by("-moment", "-number")


def _shaped(
    rows: QuerySet, asked: Asked, at: str, *, by: Any, of: str, what: str, patient: str
) -> QuerySet[Any, dict[str, Any]]:
    nobody = Value(None, output_field=BigIntegerField())
    return (
        rows.filter(**{f"{at}__gte": asked.since, f"{at}__lt": asked.until})
        .order_by()
        .annotate(
            moment=F(at),
            number=F("pk"),
            who=by,
            of=Value(of, output_field=CharField()),
            said=Cast(what, CharField()),
            whose=F(patient) if patient else nobody,
        )
        .values("moment", "number", "who", "of", "said", "whose")
    )


def _of_a_change(row: dict[str, Any], people: dict[int, str]) -> LogLine:
    words = {
        "case": ("Case", CASES),
        "referral": ("Referral", MOVES),
        "patient": ("Details", {"insert": "Put on file", "update": "Changed"}),
        "clinic": ("Clinic", CLINIC),
    }
    thing, known = words[row["of"]]
    said = known.get(row["said"], row["said"])
    who = people.get(row["who"], "Somebody at the server")
    return LogLine(row["moment"], who, f"{thing}: {said}", patient_id=row["whose"])


def _sent(asked: Asked) -> QuerySet[Message]:
    rows = Message.objects.filter(
        status=Message.Status.SENT,
        location__in=asked.by.places(),
        settled_at__gte=asked.since,
        settled_at__lt=asked.until,
    )
    if asked.person:
        rows = rows.filter(recipient__iexact=asked.person.email)
    if asked.patient:
        rows = rows.filter(subject_id__in=_ids_of(asked.patient))
    return rows.order_by("-settled_at", "-pk")


def _ids_of(patient: Patient) -> list[Any]:
    """Return the ids under which messages are about this patient."""
    own = [model.objects.filter(patient=patient) for model in (Intake, Case, Referral)]
    own.append(patient.appointment_requests.all())
    return [patient.public_id, *(one for rows in own for one in rows.values_list("public_id", flat=True))]


def _of_a_message(row: Message, people: dict[int, str]) -> LogLine:
    kind = KINDS.get(row.kind)
    what, to = kind.title if kind else row.kind, "a patient" if row.is_hidden else row.shown_to
    return LogLine(row.settled_at or row.due_at, f"To {to}", what, place_id=row.location_id)


PARTS = (
    LogPart("seen", "Seen", _seen, _of_the_log),
    LogPart("changed", "Changed", _changed, _of_a_change),
    LogPart("out", "Handed out", _handed_out, _of_the_log),
    LogPart("sent", "Sent", _sent, _of_a_message),
    LogPart("accounts", "Signed in", _account, _of_the_log),
    LogPart("refused", "Refused", _refused, _of_the_log),
)


def part_named(name: str | None) -> LogPart:
    """Return the tab of that name; the first for any other."""
    return next((part for part in PARTS if part.name == name), PARTS[0])


def in_lines(part: LogPart, rows: Iterable[Any], *, by: User) -> list[LogLine]:
    """Return rows as `by` may read them, with the names of staff looked up once."""
    rows = list(rows)
    if part.name == "sent":
        hide_addresses(rows, by)
    people = dict(User.objects.values_list("pk", "name"))
    return [part.line(row, people) for row in rows]


def named(lines: Iterable[LogLine]) -> tuple[dict[int, Patient], dict[int, str]]:
    """Return the patients and the locations that lines are about, by their numbers."""
    lines = list(lines)
    patients = Patient.objects.in_bulk({line.patient_id for line in lines if line.patient_id})
    places = Location.objects.filter(pk__in={line.place_id for line in lines}).values_list("pk", "name")
    return patients, dict(places)
