"""A calendar that gets each file of an appointment holds one event: moved where it moves, gone where it is off."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from clinic.messages.calendar_file import calendar_file
from intake.visits import actions as visits
from intake.visits.emails import entry_of_visit
from referrals import moves
from referrals.moves.telling import entry_of, entry_off
from tests import factories
from tests.plain_calendar import PlainCalendar
from tests.referrals.conftest import OFFICE
from tests.referrals.status_page import at
from tests.referrals.told.house import NOON

CALL = "(207) 555-0142"


def at_office(accepted, priya):
    """An office gives a day, moves it, moves it back; the patient does not come; it gives another."""
    entries = []
    for days in (9, 11, 9):
        given = moves.give_appointment(
            accepted, starts_at=NOON + timedelta(days=days), time_zone="America/Denver", office=OFFICE
        )
        entries.append(entry_of(given))
    moves.no_show(accepted, by=priya)
    given.refresh_from_db()
    entries.append(entry_off(given))
    again = moves.give_appointment(
        accepted, starts_at=NOON + timedelta(days=20), time_zone="America/Denver", office=OFFICE
    )
    return [*entries, entry_of(again)]


def at_clinic(location, priya):
    """The desk books a visit, moves it, moves it back; it is off, and the one asked for in its place is another."""
    visit, entries = factories.appointment_request(at=location), []
    for days in (9, 11, 9):
        starts_at = NOON + timedelta(days=days)
        visit = visits.book(visit, starts_at=starts_at, by=priya, seen=visits.stamp(visit))
        entries.append(entry_of_visit(visit, visit.starts_at))
    was_at = visit.starts_at
    visits.patient_answers(visit, number=visit.number_of_its_time, comes=False)
    visit.refresh_from_db()
    visit = visits.close(visit, answer="We are closed.", by=priya, seen=visits.stamp(visit))
    return [*entries, entry_of_visit(visit, was_at, is_off=True)]


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["at an office", "at the clinic"])
def test_an_update_replaces_and_a_cancel_removes_whatever_comes_late(where, location, decision, neurologist, priya):
    with at(NOON):
        if where == "at an office":
            referral = factories.referral(after=decision, owner=priya, to=neurologist)
            type(referral).objects.update(status="accepted")
            entries = at_office(referral, priya)
        else:
            entries = at_clinic(location, priya)
        files = [calendar_file(entry, call=CALL) for entry in entries]
    plain = PlainCalendar()
    for entry, file in zip(entries, files, strict=True):
        plain.takes(file)
        held = [start for start, _end in plain.events.values()]
        assert held == ([] if entry.is_off else [entry.starts_at])
        [event] = Calendar.from_ical(file).walk("VEVENT")
        assert (int(event["SEQUENCE"]), str(event["STATUS"])) == (
            entry.number, "CANCELLED" if entry.is_off else "CONFIRMED",
        )  # fmt: skip
    stands = dict(plain.events)
    for file in files[:-1]:  # they come again, much too late
        plain.takes(file)
    assert plain.events == stands
    assert len({entry.uid for entry in entries}) == 1
