"""A patient asks for a visit at this clinic; the front desk books it or calls. Every function is one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.staff.models import Location, User
from clinic.staff.permissions import ANSWER_REQUESTS
from intake.emergency.danger import sent_to_emergency, urgency_now
from intake.models import AppointmentRequest, CallToMake, Intake, Patient, Urgency
from intake.review.desk_tasks import visit_changed
from intake.visits import calls, emails

State, Says = AppointmentRequest.State, AppointmentRequest.Says
WITHIN_WORKING_DAYS = 1


class NotOffered(Exception):
    """The patient was told to get help, or that we call; no visit is asked for meanwhile. Nothing was changed."""


class RequestChanged(Exception):
    """Somebody has answered, changed or withdrawn the request since it was looked at; nothing was changed."""


@dataclass(frozen=True)
class VisitStanding:
    """Where a patient stands with visits: the request that waits for an answer, and the next visit that is booked."""

    asked: AppointmentRequest | None
    booked: AppointmentRequest | None
    answered: AppointmentRequest | None  # the last one closed by staff with words, while nothing newer stands


def standing(patient: Patient, now: datetime | None = None) -> VisitStanding:
    now = now or timezone.now()
    mine = patient.appointment_requests.select_related("location")
    asked = mine.unanswered().first()
    booked = mine.booked_after(now).first()
    last = mine.order_by("-asked_at", "-pk").first()
    told = last if last and last.state == State.CLOSED and last.answer and last.answered_by_id else None
    return VisitStanding(asked, booked, told)


def are_offered(patient: Patient) -> bool:
    """False while an emergency or a call today comes first, and after an emergency until a therapist has cleared it."""
    return urgency_now(patient) < Urgency.URGENT and not sent_to_emergency(patient)


@transaction.atomic
def ask(
    intake: Intake,
    *,
    days: list[str],
    times: list[str],
    reason: str,
    location: Location,
    words: str = "",
    by: User | None = None,
    now: datetime | None = None,
) -> AppointmentRequest:
    """The patient's request for a visit. One is open at a time: asking again changes it and keeps the promise made.

    Raises NotOffered unless visits `are_offered`.
    """
    _may(by, location)
    now = now or timezone.now()
    patient = Patient.objects.select_for_update(of=("self",)).select_related("location").get(pk=intake.patient_id)
    if not are_offered(patient):
        raise NotOffered
    said = {"days": list(days), "times": list(times), "reason": reason, "words": words, "intake": intake}
    with _history(by):
        request = patient.appointment_requests.unanswered().first()
        if request is None:
            request = AppointmentRequest(patient=patient, location=location, answer_by=promised(location, now), **said)
            request.save()
            emails.tell_the_desk(request)
            return request
        for name, value in said.items():
            setattr(request, name, value)
        moved = request.location_id != location.pk
        if moved:
            request.location, request.answer_by = location, promised(location, now)
        request.save()
        if moved:
            emails.tell_the_desk(request)
    return request


def promised(location: Location, now: datetime) -> datetime:
    """By when the desk answers: the end of the next working day."""
    return location.opening_hours.after_working_days(now, WITHIN_WORKING_DAYS)


@transaction.atomic
def withdraw(request: AppointmentRequest, *, by: User | None = None) -> AppointmentRequest:
    """The patient wants no visit any more. A request that was answered meanwhile is left as it is: RequestChanged."""
    request = _locked(request)
    _may(by, request.location)
    if request.state != State.ASKED:
        raise RequestChanged
    with _history(by):
        request.state, request.answered_at, request.answered_by = State.CLOSED, timezone.now(), by
        request.save()
    return request


@transaction.atomic
def book(
    request: AppointmentRequest,
    *,
    starts_at: datetime,
    by: User,
    seen: str,
    answer: str = "",
    later_is_right: str = "",
    now: datetime | None = None,
) -> AppointmentRequest:
    """A visit is booked, or one that was booked is moved. The patient is told when, and nothing else.

    `seen` is the `stamp` of the request when it was looked at. When the patient asked to move a visit, the one booked
    before is closed. `later_is_right`: why it may be later than a therapist wanted it.
    """
    now = now or timezone.now()
    request = _to_answer(request, by, seen)
    if starts_at <= now:
        raise ValueError("A visit is booked for a time to come.")
    with _history(by):
        was_at = request.starts_at
        if request.state == State.ASKED and request.reason == AppointmentRequest.Reason.MOVE:
            request.moved_from, was_at = _close_the_one_moved(request, now)
        request.state, request.starts_at, request.answer = State.BOOKED, starts_at, answer
        request.answered_at, request.answered_by = now, by
        if was_at != starts_at:
            _nothing_said_of(request)
        request.save()
    emails.booked(request)
    visit_changed(request, by=by, instead_of=request.moved_from, later_is_right=later_is_right, now=now)
    if was_at != starts_at:
        _see_that_they_hear(request, was_at, starts_at)
    return request


@transaction.atomic
def close(
    request: AppointmentRequest, *, answer: str, by: User, seen: str, now: datetime | None = None
) -> AppointmentRequest:
    """Close a request, or call off a visit, or note that it was not come to.

    The patient reads `answer` on their page. Where a therapist wanted the visit, one is to be booked again.
    """
    request = _to_answer(request, by, seen)
    if not answer.strip():
        raise ValueError("Closing a request takes words to the patient.")
    now, was_at = now or timezone.now(), request.starts_at
    only_asked = request.state == State.ASKED
    with _history(by):
        request.state, request.answer, request.starts_at = State.CLOSED, answer, None
        _nothing_said_of(request)
        request.answered_at, request.answered_by = now, by
        request.save()
    emails.not_any_more(request)
    visit_changed(request, by=by, now=now)
    if was_at is not None and was_at > now:
        emails.off(request, was_at)
        _see_that_they_hear(request, was_at, None)
    elif only_asked:
        emails.answered(request)
    return request


@transaction.atomic
def patient_answers(
    request: AppointmentRequest, *, number: int, comes: bool, now: datetime | None = None
) -> AppointmentRequest:
    """Keep what the patient says of the visit they read of: they come, or cannot.

    `number` is that of its time. Who cannot waits for another time until today's doors close, and before they would
    have set out. Raises RequestChanged where it was moved or called off since, or has begun.
    """
    request, now = _locked(request), now or timezone.now()
    is_to_come = request.state == State.BOOKED and request.starts_at > now
    if not is_to_come or request.number_of_its_time != number:
        raise RequestChanged
    says = Says.COMES if comes else Says.CANNOT
    if request.patient_says == says:
        return request
    request.patient_says, request.patient_said_at = says, now
    if not comes:
        due = min(request.location.opening_hours.closing_of_the_day(now), request.starts_at - calls.SETS_OUT)
        request.answer_by = max(now, due)
    with _history(None):
        request.save()
    if not comes:
        emails.tell_the_desk_they_cannot_come(request)
    return request


def _nothing_said_of(request: AppointmentRequest) -> None:
    """Forget what the patient said of a time that counts no more.

    The history keeps it.
    """
    request.patient_says, request.patient_said_at = "", None


def stamp(request: AppointmentRequest) -> str:
    """What the request is like now, to notice on the next step that it was changed meanwhile."""
    answered = request.answered_at.isoformat() if request.answered_at else ""
    asked = [*request.days, *request.times, request.reason, request.words]
    return "|".join([request.state, answered, str(request.location_id), *asked, request.patient_says])


def _to_answer(request: AppointmentRequest, by: User | None, seen: str) -> AppointmentRequest:
    request = _locked(request)
    if by is None:
        raise PermissionDenied
    _may(by, request.location)
    if request.state == State.CLOSED or stamp(request) != seen:
        raise RequestChanged
    return request


def _see_that_they_hear(request: AppointmentRequest, was_at: datetime | None, starts_at: datetime | None) -> None:
    """The desk calls whom no mail reaches in time: at night, without an address, or close to the visit."""
    calls.see_that_they_hear(
        request.patient,
        where=CallToMake.Where.CLINIC,
        subject_id=request.public_id,
        location=request.location,
        time_zone=request.location.zone.key,
        was_at=was_at,
        starts_at=starts_at,
    )


def _close_the_one_moved(
    request: AppointmentRequest, now: datetime
) -> tuple[AppointmentRequest | None, datetime | None]:
    """Close the visit somebody asked to move; returns it, and when it would have been.

    It is the one that was next when they asked, which is what their page shows. Whatever else is booked stays: nobody
    asked to end it, and nobody is told. One that is over by now has happened.
    """
    moved = request.patient.appointment_requests.booked_after(request.asked_at).select_for_update().first()
    if moved is None or moved.starts_at <= now:
        return None, None
    was_at = moved.starts_at
    moved.state, moved.starts_at = State.CLOSED, None
    _nothing_said_of(moved)
    moved.save()
    emails.not_any_more(moved)
    calls.hand_over(before=moved.public_id, after=request.public_id)
    return moved, was_at


def _locked(request: AppointmentRequest) -> AppointmentRequest:
    rows = AppointmentRequest.objects.select_for_update(of=("self",)).select_related("patient", "location")
    return rows.get(pk=request.pk)


def _may(by: User | None, location: Location) -> None:
    if by is not None and not (by.may(ANSWER_REQUESTS) and by.sees(location.pk)):
        raise PermissionDenied


def _history(by: User | None) -> Any:
    return pghistory.context(**({"user": by.pk} if by else {}))
