"""The visits a patient has before them, here and at offices, and those that would have come and are off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from intake import triage
from intake.models import AppointmentRequest, Patient
from referrals.models import Appointment, Referral
from referrals.status.moments import in_words

SHOWN_AFTERWARDS = timedelta(hours=2)  # a visit stands on the page until it is surely over


@dataclass(frozen=True)
class Visit:
    """An appointment to come, or one that would have come and is off.

    `subject_id` is the public id of its referral or request. Calendars know it by `calendar_id`, which a moved visit
    keeps, and `times_changed` grows with each change.
    """

    subject_id: str
    starts_at: datetime
    when: str
    name: str
    place: tuple[str, ...]
    phone: str
    calendar_id: str
    times_changed: int
    instructions: str = ""
    is_off: bool = False


def current_appointment(referral: Referral) -> Appointment | None:
    return next((one for one in referral.appointments.all() if one.replaced_at is None), None)


def visits_of(
    patient: Patient, referrals: dict[int, list[Referral]], now: datetime, language: str
) -> tuple[Visit, ...]:
    """Those to come, and those that a calendar may still hold though they are off."""
    shown = now - SHOWN_AFTERWARDS
    carried = [referral for of_case in referrals.values() for referral in of_case]
    stand = [
        (referral, current_appointment(referral))
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
    return given[-1] if given and current_appointment(referral) is None else None


def visit_at_office(referral: Referral, appointment: Appointment, now: datetime, language: str) -> Visit:
    office = referral.specialist
    own = ZoneInfo(appointment.time_zone)
    return Visit(
        subject_id=referral.public_id,
        starts_at=appointment.starts_at.astimezone(own),
        when=in_words(appointment.starts_at, own, now, zoned=True),
        name=f"{office.with_credentials} ({specialty_in(referral.specialty, language)})",
        place=(office.practice, office.street, f"{office.city}, {office.state} {office.zip_code}"),
        phone=office.phone,
        calendar_id=referral.public_id,
        times_changed=len(referral.appointments.all()) - 1,
        instructions=appointment.instructions,
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
        calendar_id=referral.public_id,
        times_changed=len(referral.appointments.all()),
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
        calendar_id=request.first_of_the_moved().public_id,
        times_changed=request.times_changed(),
        is_off=is_off,
    )


def specialty_in(specialty, language: str) -> str:
    protocol = triage.shipped()
    return protocol.specialist_in(specialty, language) if specialty in protocol.specialists else ""
