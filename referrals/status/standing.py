"""How things stand for one patient: what was done, what comes next, who owes it, by when, and what is late.

Everything is computed from the rows that fill the worklists of the staff: a case is late when `Case.overdue` finds
it, a referral when `Referral.overdue` does, in the same minute. A specialist is named only once the letter went out,
which takes a therapist's decision and the patient's agreement.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intake.emergency.danger import Danger, danger_of, was_reached
from intake.models import AppointmentRequest, CallToMake, Case, Contact, Decision, Intake, Patient, Urgency
from referrals.models import Appointment, Referral, ReferralMove
from referrals.status import words
from referrals.status.moments import in_words
from referrals.status.visits import Visit, visits_of
from referrals.status.words import Words

Status = Referral.Status


@dataclass(frozen=True)
class Step:
    """What must happen next. `by` is the promise, if there is one; `late` that it was missed."""

    title: str
    text: str
    owner: str
    by: datetime | None = None
    when: str = ""
    late: bool = False
    urgent: bool = False


@dataclass(frozen=True)
class CourseLine:
    """One line of the timeline; `state` is a mark of the look: done, now, late, or later for what is still to come."""

    title: str
    text: str = ""
    when: str = ""
    state: str = "done"
    at: datetime | None = None


@dataclass(frozen=True)
class Course:
    """One form and everything that came of it."""

    of: Intake
    title: str
    lines: tuple[CourseLine, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Standing:
    """`next` is the step to name first; `late` holds every promise that is missed now, the oldest first.

    While an emergency stands, `danger` says what to do, and no case that waits for a decision is a step. The form that
    is `unsent` may be on paper; `may_go_on` says that there is one to go on with here.
    """

    next: Step | None
    late: tuple[Step, ...]
    courses: tuple[Course, ...]
    visits: tuple[Visit, ...]
    danger: Danger | None = None
    unsent: Intake | None = None
    may_go_on: bool = False


def standing(patient: Patient, now: datetime, language: str) -> Standing:
    """Read everything about one patient, in the words of the active language."""
    intakes = list(
        patient.intakes.select_related("patient__location", "protocol", "case").defer("protocol__content")
    )  # the newest first
    referrals = _referrals_by_case(patient)
    danger = danger_of(patient, language, now)
    told = [intake for intake in intakes if _says_something(intake)]
    courses = [_course(intake, referrals, patient, now, language, danger=danger) for intake in told]
    steps = [step for course in courses for step in course.steps]
    steps += _requests(patient, now)
    late = tuple(sorted((step for step in steps if step.late), key=lambda step: step.by))
    return Standing(
        next=_first(steps),
        late=late,
        courses=tuple(courses),
        visits=visits_of(patient, referrals, now, language),
        danger=danger,
        unsent=next((intake for intake in intakes[:1] if not intake.submitted_at), None),
        may_go_on=any(not intake.submitted_at and intake.paper_code is None for intake in intakes),
    )


def _says_something(intake: Intake) -> bool:
    return bool(intake.submitted_at) or hasattr(intake, "case")


def _first(steps: list[Step]) -> Step | None:
    """What was missed, then what presses, then the nearest date, then what has none."""
    far = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
    return min(steps, key=lambda step: (not step.late, not step.urgent, step.by or far), default=None)


# One form and what came of it ----------------------------------------------------------------------------------------


def _course(
    intake: Intake,
    referrals: dict[int, list[Referral]],
    patient: Patient,
    now: datetime,
    language: str,
    *,
    danger: Danger | None,
) -> Course:
    zone = patient.location.zone
    case = getattr(intake, "case", None)
    carried = referrals.get(case.pk, []) if case else []
    lines = [_line(intake.submitted_at, _("We received your answers"), zone=zone)] if intake.submitted_at else []
    if case and case.opened_because == Case.OpenedBecause.WORSE:
        lines.append(_line(case.opened_at, _("You told us that you got worse"), zone=zone))
    lines += _lines_of_case(case, zone) if case else []
    for referral in carried:
        lines += _lines_of_referral(referral, zone)
    lines.sort(key=lambda line: line.at)
    waits_in_emergency = case and case.is_open and danger and danger.is_emergency
    steps = [_step_of_case(case, intake, carried, patient, now)] if case and not waits_in_emergency else []
    steps += [_step_of_referral(referral, now, language) for referral in carried]
    steps = [step for step in steps if step]
    lines += [_waits(step) for step in steps]
    if not waits_in_emergency:
        lines += _ahead(case, carried)
    day = date_format((intake.submitted_at or intake.started_at).astimezone(zone), "LONG_DATE_FORMAT")
    return Course(intake, _("Your form of %(day)s") % {"day": day}, tuple(lines), tuple(steps))


def _line(at: datetime, title: Any, text: str = "", *, zone: ZoneInfo, state: str = "done") -> CourseLine:
    return CourseLine(title=str(title), text=str(text or ""), when=in_words(at, zone), state=state, at=at)


def _waits(step: Step) -> CourseLine:
    """The step as the last line of the timeline."""
    when = _("by %(when)s") % {"when": step.when} if step.when else ""
    return CourseLine(title=step.title, text=step.text, when=when, state="late" if step.late else "now")


def _ahead(case: Case | None, carried: Any) -> list[CourseLine]:
    """What comes after the next step, as far as that is settled: nothing that a therapist has still to decide."""
    ahead = words.AHEAD_OF_CASES.get(case.status, ()) if case else ()
    for referral in carried:
        ahead += words.AHEAD_OF_REFERRALS.get(referral.status, ())
    return [CourseLine(title=str(title), state="later") for title in dict.fromkeys(ahead)]


def _lines_of_case(case: Case, zone: ZoneInfo) -> list[CourseLine]:
    lines = []
    if case.acknowledged_at:
        lines.append(_line(case.acknowledged_at, _("A therapist began to look at your answers"), zone=zone))
    for contact in case.contacts.all():
        lines.append(_line(contact.at, words.of_contact(contact), zone=zone))
    if case.decided_at:
        lines.append(_line(case.decided_at, _("A therapist decided what comes next"), zone=zone))
    return lines


def _step_of_case(case: Case, intake: Intake, carried: list[Referral], patient: Patient, now: datetime) -> Step | None:
    said = words.CASES[case.status]
    if case.status == Case.Status.DECIDED:
        return _step_decided(case, carried, patient)
    by = case.acknowledge_by if case.status == Case.Status.WAITING else case.decide_by
    if not intake.submitted_at:
        said = words.NOT_SENT
    if case.urgency >= Urgency.URGENT and not was_reached(case):
        said, by = words.CALLS, case.decide_by  # when the call is due; that somebody takes the case is our own matter
    pressing, zone = case.urgency >= Urgency.URGENT, patient.location.zone
    return _promised(said.said_to(patient), by, now, zone, urgent=pressing)


def _step_decided(case: Case, carried: list[Referral], patient: Patient) -> Step | None:
    """What the patient does now, where nothing else is under way; after an emergency that comes first in any case."""
    said = _said_of_decided(case)
    under_way = carried or patient.appointment_requests.standing().exists()
    if under_way and case.tier != Urgency.EMERGENCY:
        return None
    return Step(str(said.title), str(said.text), str(said.owner))


def _said_of_decided(case: Case) -> Any:
    """Return the words for a decided case, which claim no advice nobody gave."""
    decision = case.decisions.exclude(effective_at=None).last()
    if decision and decision.reason == Decision.Reason.NOT_REACHED:
        return words.NOT_REACHED
    if case.tier in words.DECIDED_AS:
        told = Contact.objects.since_news(case).with_advice().exists()
        return words.DECIDED_AS[case.tier] if told else words.NOT_TOLD[case.tier]
    if decision and decision.reason == Decision.Reason.TWICE:
        return words.DOUBLED
    return words.BECOMES.get(decision.outcome if decision else "", words.CASES[Case.Status.DECIDED])


def _promised(said: Words, by: datetime | None, now: datetime, zone: ZoneInfo, *, urgent: bool = False) -> Step:
    """What we owe by a moment. What the patient is asked to do by then is no promise, and never late."""
    if said.owner == words.YOU:
        by = by if by > now and not urgent else None
        when = in_words(by, zone, now) if by else ""
        return Step(str(said.title), str(said.text), str(said.owner), by=by, when=when, urgent=urgent)
    return Step(
        str(said.title),
        str(said.text),
        str(said.owner),
        by=by,
        when=in_words(by, zone, now),
        late=by < now,
        urgent=urgent,
    )


# Referrals -----------------------------------------------------------------------------------------------------------


def _referrals_by_case(patient: Patient) -> dict[int, list[Referral]]:
    found = patient.referrals.select_related("specialist", "location").prefetch_related(
        "moves__to", "moves__appointment", "moves__appointment_before", "appointments"
    )
    by_case = {}
    for referral in found.filter(decision__effective_at__isnull=False).order_by("pk"):
        by_case.setdefault(referral.case_id, []).append(referral)
    return by_case


def _lines_of_referral(referral: Referral, zone: ZoneInfo) -> list[CourseLine]:
    lines = []
    for move in referral.moves.all():
        title = words.MOVES[move.what]
        if title is None:
            continue
        state = "late" if move.what in words.BAD_NEWS else "done"
        where = move.to.practice if move.what == words.What.SENT and move.to else ""
        ended = move.what in (words.What.CLOSED, words.What.WITHDRAWN) and not referral.is_open
        text = words.ENDED[referral.end_reason] if ended and referral.ended_at <= move.at else where or _days(move)
        lines.append(_line(move.at, title, text, zone=zone, state=state))
    return lines


def _days(move: ReferralMove) -> str:
    """Say which day a line is about, and which it was before; "" for none."""
    now, before = (one and _day_of(one) for one in (move.appointment, move.appointment_before))
    if now and before and now != before:
        return _("%(now)s. Before, it was %(before)s.") % {"now": now, "before": before}
    if now or move.what == words.What.NO_SHOW:
        return now or before or ""
    return _("Your appointment on %(before)s is off.") % {"before": before} if before else ""


def _day_of(appointment: Appointment) -> str:
    return in_words(appointment.starts_at, ZoneInfo(appointment.time_zone), zoned=True)


def _step_of_referral(referral: Referral, now: datetime, language: str) -> Step | None:
    if not referral.is_open:
        return None
    said = words.REFERRALS[referral.status].said_to(referral.patient)
    zone = referral.location.zone
    if referral.status == Status.REPORTED and not referral.reports.unread().exists():
        said = words.READ
    if referral.waits_for:
        said = words.WAITS
    if referral.status == Status.SENT and referral.undelivered_at:
        said = words.UNDELIVERED
    if referral.status == Status.SCHEDULED:
        stands = referral.standing_appointment
        if stands and stands.starts_at > now:
            return _step_before_the_day(referral, stands, now)
        said = words.AFTER_THE_DAY
    pressing = referral.urgency >= Urgency.URGENT
    return _promised(said, referral.next_check_at, now, zone, urgent=pressing)


def _step_before_the_day(referral: Referral, stands: Appointment, now: datetime) -> Step:
    """Say that the patient goes; unless they cannot, or we have still to call them."""
    patient, zone = referral.patient, referral.location.zone
    to_call = CallToMake.objects.filter(subject_id=referral.public_id, done_at=None).exists()
    if stands.cannot_come:
        return _promised(words.CANNOT_COME, referral.next_check_at, now, zone)
    if to_call and not stands.answer:
        return _promised(words.TOLD_BY_PHONE.said_to(patient), referral.next_check_at, now, zone)
    if referral.next_check_at < now and not referral.undelivered_at:
        return _promised(words.AFTER_THE_DAY, referral.next_check_at, now, zone)
    said = words.CONFIRMED if stands.answer else words.REFERRALS[Status.SCHEDULED]
    when = in_words(stands.starts_at, ZoneInfo(stands.time_zone), now, zoned=True)
    return Step(str(said.title), str(said.text), str(said.owner), by=stands.starts_at, when=when)


def _requests(patient: Patient, now: datetime) -> list[Step]:
    """What the patient asked for at the clinic itself."""
    steps = []
    for request in patient.appointment_requests.standing().select_related("location"):
        said, zone = words.REQUESTS[request.state], request.location.zone
        if request.state == AppointmentRequest.State.ASKED:
            steps.append(_promised(said, request.answer_by, now, zone))
        elif request.starts_at > now and request.cannot_come:
            steps.append(_promised(words.CANNOT_COME_HERE, request.answer_by, now, zone))
        elif request.starts_at > now:
            said = words.CONFIRMED_HERE if request.patient_says else said
            when = in_words(request.starts_at, zone, now, zoned=True)
            steps.append(Step(str(said.title), str(said.text), str(said.owner), by=request.starts_at, when=when))
    return steps
