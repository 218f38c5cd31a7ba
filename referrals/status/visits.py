"""The visits a patient has before them, here and at offices, and those that would have come and are off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clinic.messages.calendar_file import Entry
from intake import triage
from intake.models import AppointmentRequest, Patient
from intake.visits.emails import entry_of_visit
from referrals.models import Appointment, Referral
from referrals.moves.telling import entry_of, entry_off
from referrals.status.moments import in_words

SHOWN_AFTERWARDS = timedelta(hours=2)  # a visit stands on the page until it is surely over


@dataclass(frozen=True)
class Visit:
    """An appointment to come, or one that would have come and is off.

    `subject_id` is the public id of its referral or request; `entry` is for calendars. One to come is `asked` about, by
    its number; `answer` is what the patient said.
    """

    subject_id: str
    starts_at: datetime
    when: str
    name: str
    place: tuple[str, ...]
    phone: str
    entry: Entry
    instructions: str = ""
    is_off: bool = False
    asked: int = 0
    answer: str = ""


def visits_of(
    patient: Patient, referrals: dict[int, list[Referral]], now: datetime, language: str
) -> tuple[Visit, ...]:
    """Those to come, and those that a calendar may still hold though they are off."""
    shown = now - SHOWN_AFTERWARDS
    carried = [referral for of_case in referrals.values() for referral in of_case]
    stand = [
        (referral, referral.standing_appointment)
        for referral in carried
        if referral.status == Referral.Status.SCHEDULED
    ]
    dropped = [(referral, _dropped(referral)) for referral in carried]
    visits = [
        *(visit_at_office(*one, now, language) for one in stand if one[1] and one[1].starts_at > shown),
        *(visit_at_office_off(*one, now) for one in dropped if one[1] and one[1].starts_at > now),
        *visits_at_clinic(patient, now, shown),
    ]
    return tuple(sorted(visits, key=lambda visit: visit.starts_at))


def _dropped(referral: Referral) -> Appointment | None:
    """The appointment the patient was told of last, when none stands."""
    given = list(referral.appointments.all())
    return given[-1] if given and referral.standing_appointment is None else None


def visit_at_office(referral: Referral, appointment: Appointment, now: datetime, language: str) -> Visit:
    office = referral.specialist
    kind = specialty_in(referral.specialty, language)
    own, street = ZoneInfo(appointment.time_zone), f"{office.street}, {office.city}, {office.state} {office.zip_code}"
    return Visit(
        subject_id=referral.public_id,
        starts_at=appointment.starts_at.astimezone(own),
        when=in_words(appointment.starts_at, own, now, zoned=True),
        name=office.with_credentials,
        place=(kind, office.practice, office.street, f"{office.city}, {office.state} {office.zip_code}"),
        phone=office.phone,
        entry=entry_of(appointment, street=street),
        instructions=appointment.instructions,
        asked=appointment.pk if appointment.starts_at > now else 0,
        answer=appointment.answer,
    )


def visit_at_office_off(referral: Referral, appointment: Appointment, now: datetime) -> Visit:
    """Only its time is said: by now the referral may be with another office."""
    own = ZoneInfo(appointment.time_zone)
    return Visit(
        subject_id=referral.public_id,
        starts_at=appointment.starts_at.astimezone(own),
        when=in_words(appointment.starts_at, own, now, zoned=True),
        name="",
        place=(),
        phone="",
        entry=entry_off(appointment),
        is_off=True,
    )


def visits_at_clinic(patient: Patient, now: datetime, shown: datetime) -> list[Visit]:
    booked = patient.appointment_requests.booked_after(shown)
    off = [(request, at) for request in patient.appointment_requests.off() if (at := request.was_at()) and at > now]
    return [
        *(visit_at_clinic(request, request.starts_at, now) for request in booked.select_related("location")),
        *(visit_at_clinic(request, at, now, is_off=True) for request, at in off),
    ]


def visit_at_clinic(request: AppointmentRequest, starts_at: datetime, now: datetime, *, is_off: bool = False) -> Visit:
    here = request.location
    return Visit(
        subject_id=request.public_id,
        starts_at=starts_at.astimezone(here.zone),
        when=in_words(starts_at, here.zone, now, zoned=True),
        name=here.name,
        place=(here.street, f"{here.city}, {here.state} {here.zip_code}"),
        phone=here.phone,
        entry=entry_of_visit(request, starts_at, is_off=is_off),
        is_off=is_off,
        asked=0 if is_off or starts_at <= now else request.number_of_its_time,
        answer=request.patient_says,
    )


def specialty_in(specialty: str, language: str) -> str:
    protocol = triage.shipped()
    return protocol.specialist_in(specialty, language) if specialty in protocol.specialists else ""
