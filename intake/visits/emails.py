"""Mails about visits at this clinic: to the desk that somebody asks, to the patient when it is. Never why."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import address_of
from clinic.messages import actions as messages
from clinic.messages.calendar_file import Entry
from clinic.messages.choice import leads_of
from clinic.messages.facts import moment
from clinic.messages.kinds import kind
from clinic.messages.leads import USUAL, moments
from clinic.messages.models import Message
from clinic.messages.nearer import worth_until
from clinic.messages.to_staff import ToWhoeverActs
from clinic.staff.models import User
from intake.door.status_links import extended
from intake.door.to_patients import InTheirLanguage
from intake.models import AppointmentRequest, CallToMake, Patient
from intake.visits import calls

LATE = 2  # the second round: the promised time has passed
TO_THE_PATIENT = ["appointment_booked", "visit_reminder", "visit_off"]


def tell_the_desk(request: AppointmentRequest) -> list[Message]:
    """Now to the front desk of the location; to managers too when nobody has answered by the time promised.

    A location that is chosen once more hears once more.
    """
    return _to_the_desk("appointment_asked", request, since=request.answer_by)


def tell_the_desk_they_cannot_come(request: AppointmentRequest) -> list[Message]:
    """As when a visit is asked for. Who changes their mind twice is heard twice."""
    return _to_the_desk("visit_cannot_come", request, since=request.patient_said_at)


def _to_the_desk(name: str, request: AppointmentRequest, *, since: datetime) -> list[Message]:
    minute = int(since.timestamp() // 60)
    return [
        messages.schedule(
            name,
            key=f"{name}:{request.public_id}:{request.location_id}:{minute}:{number}",
            language="en",
            subject_type="appointment",
            subject_id=request.public_id,
            location=request.location,
            due_at=due_at,
            facts={"round": number},
        )
        for number, due_at in ((1, timezone.now()), (LATE, request.answer_by))
    ]


def booked(request: AppointmentRequest) -> list[Message]:
    """When the visit is, and its reminders. Later mails about the same visit take the place of those that
    still wait.
    """
    not_any_more(request)
    if not request.patient.email:
        return []
    number = _times_told(request) + 1
    return [_to_the_patient("appointment_booked", request, number), *_reminders(request, number)]


def _times_told(request: AppointmentRequest) -> int:
    return Message.objects.about("appointment", request.public_id).filter(kind="appointment_booked").count()


def _reminders(request: AppointmentRequest, number: int) -> list[Message]:
    """Schedule its reminders as the clinic has chosen them.

    The key of the usual one names no hours.
    """
    zone, name = request.location.zone, "visit_reminder"
    due = moments(request.starts_at, leads_of(name), zone, settings.QUIET_HOURS, timezone.now())
    return [
        _to_the_patient(name, request, number, *([] if hours == USUAL[name] else [hours]), due_at=at)
        for hours, at in due.items()
    ]


def _to_the_patient(
    name: str, request: AppointmentRequest, *numbers: int, at: datetime | None = None, **more: Any
) -> Message:
    return messages.schedule(
        name,
        key=":".join([name, str(request.public_id), *map(str, numbers)]),
        to=request.patient.email,
        language=request.patient.language,
        subject_type="appointment",
        subject_id=request.public_id,
        location=request.location,
        facts={"starts_at": moment(at or request.starts_at, request.location.zone.key)},
        **more,
    )


def off(request: AppointmentRequest, was_at: datetime) -> list[Message]:
    """Tell the patient that the visit is off, when a mail may go to them.

    Besides the time it had, the one they still believe in: where no mail has told of the newer.
    """
    if not request.patient.email:
        return []
    number = Message.objects.about("appointment", request.public_id).filter(kind="visit_off").count() + 1
    times = dict.fromkeys([was_at, _told(request) or was_at])
    return [_to_the_patient("visit_off", request, each, at=at) for each, at in enumerate(times, start=number)]


def answered(request: AppointmentRequest) -> Message | None:
    """Tell the patient that their request was answered, where a mail may go to them."""
    if not request.patient.email or request.patient.why_no_mail():
        return None
    return messages.schedule(
        "request_answered",
        key=f"request_answered:{request.public_id}",
        to=request.patient.email,
        language=request.patient.language,
        subject_type="appointment",
        subject_id=request.public_id,
        location=request.location,
    )


def _told(request: AppointmentRequest) -> datetime | None:
    """Return the time the patient heard last, by mail or phone; None for neither."""
    booked = Message.objects.about("appointment", request.public_id).filter(kind="appointment_booked")
    went = booked.filter(status=Message.Status.SENT).order_by("settled_at").last()
    called = CallToMake.objects.filter(subject_id=request.public_id).exclude(done_at=None).order_by("done_at").last()
    if called and (went is None or called.done_at >= went.settled_at):
        return called.starts_at
    if went:
        return said_in(went)
    return _told(request.moved_from) if request.moved_from else None


def not_any_more(request: AppointmentRequest) -> None:
    messages.withdraw(
        subject_type="appointment",
        subject_id=request.public_id,
        kinds=TO_THE_PATIENT,
        why="The visit was moved or is off.",
    )


def said_in(message: Message) -> datetime:
    """Return the time a message tells of."""
    return datetime.fromisoformat(message.facts["starts_at"].partition("[")[0])


def _request(message: Message) -> AppointmentRequest:
    return AppointmentRequest.objects.select_related("patient__location", "location").get(public_id=message.subject_id)


class _ToTheDesk(ToWhoeverActs):
    """First to the desk; once the time that was promised is over, to managers too."""

    @staticmethod
    def people(message: Message) -> list[User]:
        desk = list(User.objects.who_answer_at(message.location))
        if message.facts["round"] < LATE:
            return desk
        return list(dict.fromkeys([*desk, *User.objects.managers_at(message.location)]))

    @classmethod
    def still_needed(cls, message: Message) -> str:
        request = _request(message)
        if answered := cls.answered(request):
            return answered
        if request.location_id != message.location_id:
            return "The patient has chosen another location."
        if message.facts["round"] < LATE and request.answer_by <= timezone.now():
            return "A later mail is due and says more."
        return cls.left(message)

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": settings.SITE_URL + reverse("requests")}


@kind("appointment_asked", title="A visit was asked for", audience="staff", safe=("location", "link", "round"))
class AppointmentAsked(_ToTheDesk):
    @staticmethod
    def answered(request: AppointmentRequest) -> str:
        return "" if request.state == AppointmentRequest.State.ASKED else "The request was answered or withdrawn."


@kind("visit_cannot_come", title="A patient cannot come to us", audience="staff", safe=("location", "link", "round"))
class VisitCannotCome(_ToTheDesk):
    @staticmethod
    def answered(request: AppointmentRequest) -> str:
        return "" if request.cannot_come else "They come, or the desk has answered."


class _OfAVisit(InTheirLanguage):
    """Goes while the visit is still at the time it tells of, and to come."""

    @staticmethod
    def still_needed(message: Message) -> str:
        request = _request(message)
        if request.starts_at is None or request.starts_at != said_in(message):
            return "The visit was moved or is off."
        if request.starts_at <= timezone.now():
            return "The visit is over."
        return request.patient.why_no_mail()

    @staticmethod
    def patient_of(message: Message) -> Patient:
        return _request(message).patient


def entry_of_visit(request: AppointmentRequest, starts_at: datetime, *, is_off: bool = False) -> Entry:
    """Return what a calendar holds of a visit; the street is that of the clinic."""
    here = request.location
    street = f"{here.street}, {here.city}, {here.state} {here.zip_code}"
    uid, number = request.first_of_the_moved().public_id, request.times_changed()
    return Entry(uid, number, starts_at, is_off=is_off, street=street)


@kind(
    "appointment_booked",
    title="A visit was booked",
    safe=("clinic", "location", "phone", "starts_at", "link", "round"),
)
class AppointmentBooked(_OfAVisit):
    """From the second time on it says that the time before does not count any more."""

    @staticmethod
    def not_gone(message: Message) -> None:
        request, told = _request(message), _told(_request(message))
        if request.starts_at == said_in(message) != told:
            _call_instead(message, request, was_at=told, starts_at=request.starts_at)

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        request = _request(message)
        asked_to_move = request.reason == AppointmentRequest.Reason.MOVE
        number = 2 if asked_to_move else int(message.key.rpartition(":")[2])
        return {"link": address_of(extended(request.patient.public_id)), "round": number}

    @staticmethod
    def calendar(message: Message) -> Entry:
        request = _request(message)
        return entry_of_visit(request, request.starts_at)


@kind("visit_off", title="A visit is off", safe=("clinic", "phone", "starts_at", "link"))
class VisitOff(_OfAVisit):
    @staticmethod
    def still_needed(message: Message) -> str:
        request = _request(message)
        was_at = said_in(message)
        if request.starts_at == was_at:
            return "The visit stands again."
        return "That time is over." if was_at <= timezone.now() else request.patient.why_no_mail()

    @staticmethod
    def not_gone(message: Message) -> None:
        request, was_at = _request(message), said_in(message)
        if request.starts_at != was_at:
            _call_instead(message, request, was_at=was_at, starts_at=request.starts_at)

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": address_of(extended(_request(message).patient.public_id))}

    @staticmethod
    def calendar(message: Message) -> Entry | None:
        """None where it is booked for another time by now: a calendar knows both as one."""
        request = _request(message)
        return None if request.starts_at else entry_of_visit(request, said_in(message), is_off=True)


@kind("request_answered", title="A request for a visit was answered", safe=("clinic", "phone", "link"))
class RequestAnswered(_OfAVisit):
    """The words of the desk stand on the status page, and in no mail."""

    @staticmethod
    def still_needed(message: Message) -> str:
        request = _request(message)
        if request.patient.appointment_requests.filter(asked_at__gt=request.asked_at).exists():
            return "The patient has asked again."
        return request.patient.why_no_mail()

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": address_of(extended(_request(message).patient.public_id))}


def _call_instead(
    message: Message, request: AppointmentRequest, *, was_at: datetime | None, starts_at: datetime | None
) -> None:
    calls.call_instead(
        message,
        request.patient,
        where=CallToMake.Where.CLINIC,
        location=request.location,
        time_zone=request.location.zone.key,
        was_at=was_at,
        starts_at=starts_at,
    )


@kind(
    "visit_reminder",
    title="Reminder of a visit",
    safe=("clinic", "phone", "starts_at", "link"),
    category="visits",
    without="Patients hear of a visit once, when it is booked, moved or off. The desk reminds them by phone.",
)
class VisitReminder(_OfAVisit):
    @staticmethod
    def still_needed(message: Message) -> str:
        cannot = _request(message).cannot_come
        return "The patient said that they cannot come." if cannot else _OfAVisit.still_needed(message)

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": address_of(extended(_request(message).patient.public_id))}

    @staticmethod
    def worth_until(message: Message) -> datetime:
        return worth_until(message, said_in(message))
