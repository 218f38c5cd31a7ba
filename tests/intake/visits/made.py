"""A visit on a Thursday, as tests move it, call it off and read the mails about it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine

from clinic.messages.dispatch import sweep
from intake.visits import actions as appointments
from tests import factories

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2027, 3, 2, 12, 0, tzinfo=NEW_YORK)  # a Tuesday
NIGHT = datetime(2027, 3, 2, 23, 0, tzinfo=NEW_YORK)
THURSDAY = datetime(2027, 3, 4, 10, 0, tzinfo=NEW_YORK)


def is_off(visit, by, at=NOON):
    with time_machine.travel(at):
        visit.refresh_from_db()
        appointments.close(visit, answer="We are closed.", by=by, seen=appointments.stamp(visit))


def moves(visit, by, to, at=NOON):
    with time_machine.travel(at):
        visit.refresh_from_db()
        appointments.book(visit, starts_at=to, by=by, seen=appointments.stamp(visit))


def mails(post_office, at) -> list[str]:
    """Sends what is due a moment later; the texts that arrived for patients."""
    at += timedelta(seconds=10)
    with time_machine.travel(at):
        sweep(at)
    return [mail.get_content() for mail in post_office.mails if mail["To"].endswith("@patients.example")]


def is_booked(request, by, to, at=NOON):
    with time_machine.travel(at):
        request.refresh_from_db()
        return appointments.book(request, starts_at=to, by=by, seen=appointments.stamp(request))


def first_booking(location, priya, *, to, at):
    return is_booked(factories.appointment_request(at=location), priya, to, at=at)
