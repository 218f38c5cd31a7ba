"""Patients who asked for a visit: one just now, one whose answer is late, one with a visit booked."""

from datetime import datetime, timedelta

from clinic.staff.models import User
from clinic.staff.permissions import Role
from demo.invented.clock import clock_at
from intake.models import AppointmentRequest, Patient
from intake.visits import actions as appointments

WISHES = (  # how long ago in hours, what was asked, whether the desk has booked it
    (
        5,
        {"days": ["mon", "wed"], "times": ["morning"], "reason": "new", "words": "I need the ramp at the side door."},
        False,
    ),
    (96, {"days": [], "times": ["afternoon"], "reason": "again"}, False),
    (120, {"days": ["tue"], "times": ["midday"], "reason": "after_surgery"}, True),
)


def ask_for_visits(now: datetime) -> None:
    """For the first patients who sent their answers in time and whom nobody has to call today."""
    sent = Patient.objects.filter(intakes__submitted_at__lt=now - timedelta(days=6))
    calm = [one for one in sent.distinct().order_by("pk") if appointments.are_offered(one)]
    for patient, (hours, wish, booked) in zip(calm, WISHES, strict=False):
        with clock_at(now - timedelta(hours=hours)):
            intake = patient.intakes.filter(submitted_at__isnull=False).first()
            request = appointments.ask(intake, location=patient.location, **wish)
        if booked:
            _book(request, now)


def _book(request: AppointmentRequest, now: datetime) -> None:
    desk = User.objects.filter(role=Role.FRONT_DESK, locations=request.location).first()
    hours = request.location.opening_hours
    opens = hours.next_opening(now.astimezone(hours.zone).replace(hour=0, minute=30) + timedelta(days=4))
    with clock_at(now - timedelta(hours=90)):
        appointments.book(
            request,
            starts_at=opens + timedelta(hours=2),
            by=desk,
            seen=appointments.stamp(request),
            answer="With Maya Ortiz. Please bring your insurance card.",
        )
