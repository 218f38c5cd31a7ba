"""What tests of the patient's side share."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from clinic.messages.models import Message
from clinic.messages.quiet import QuietHours
from intake.models import AppointmentRequest
from intake.visits import actions as appointments
from referrals import moves as referring
from referrals.models import Referral
from tests import factories
from tests.answers import FOOT_DROP
from tests.intake.visits.made import NOON, THURSDAY


@pytest.fixture
def clock():
    """A clock that stands at the middle of the day until a test shifts it.

    It is the day it is at the clinic, also late in its evening: what a test has made before is of the same day.
    """
    today = timezone.localdate(timezone=ZoneInfo("America/New_York"))
    with time_machine.travel(datetime.combine(today, time(15), tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def quiet_by_night(settings):
    settings.QUIET_HOURS = QuietHours.from_text("21-8")


@pytest.fixture
def visit(location, priya) -> AppointmentRequest:
    """Booked for Thursday at ten; the mail about it has gone."""
    request = factories.appointment_request(at=location)
    with time_machine.travel(NOON - timedelta(days=1)):
        request = appointments.book(request, starts_at=THURSDAY, by=priya, seen=appointments.stamp(request))
    Message.objects.update(status="sent", settled_at=NOON)
    return request


@pytest.fixture
def without_a_day(location, maya, priya) -> Referral:
    """An office has accepted, and has given no day yet."""
    decision = factories.decision(on=factories.case(at=location, answers=FOOT_DROP), by=maya)
    return factories.referral(after=decision, owner=priya, to=factories.specialist(), status="accepted")


@pytest.fixture
def at_an_office(without_a_day) -> Referral:
    """An office gave an appointment on Thursday at ten."""
    referral = without_a_day
    with time_machine.travel(NOON - timedelta(days=1)):
        referring.give_appointment(referral, starts_at=THURSDAY, time_zone="America/New_York", office="Ellen Park")
    Message.objects.all().delete()
    referral.refresh_from_db()
    return referral
