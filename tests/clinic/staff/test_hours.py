"""Clocks are counted in the hours the doors are open, on the wall clock of the place, also when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import checks
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from clinic.messages.models import Message
from clinic.staff.hours import OpeningHours
from clinic.staff.models import check_hours
from intake.models import Urgency
from referrals import moves as referring
from tests import factories
from tests.answers import FOOT_DROP
from tests.intake.patients import Phone

NEW_YORK = ZoneInfo("America/New_York")
WEEK = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
RIVERSIDE = OpeningHours.from_json({**WEEK, "closed_on": ["2027-03-10"]}, NEW_YORK)
NEVER = OpeningHours.from_json({}, NEW_YORK)


def at(text) -> datetime:
    """A moment on the wall clock of Riverside: "Fri 5 17:30" of March 2027, when clocks go forward on Sunday 14."""
    _weekday, day, time = text.split()
    return datetime.fromisoformat(f"2027-03-{int(day):02}T{time}").replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("Fri 5 07:59", False),
        ("Fri 5 08:00", True),
        ("Fri 5 17:59", True),
        ("Fri 5 18:00", False),
        ("Sat 6 12:00", False),
        ("Wed 10 12:00", False),  # a day off
    ],
)
def test_open_from_the_minute_it_opens_to_the_minute_it_closes(when, is_open):
    assert RIVERSIDE.is_open(at(when)) is is_open
    assert RIVERSIDE.is_open(at(when).astimezone(UTC)) is is_open


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("Fri 5 10:00", 4, "Fri 5 14:00"),
        ("Fri 5 14:00", 4, "Fri 5 18:00"),
        ("Fri 5 16:00", 4, "Mon 8 10:00"),
        ("Fri 5 23:00", 1, "Mon 8 09:00"),
        ("Sun 7 03:00", 1, "Mon 8 09:00"),
        ("Tue 9 17:00", 2, "Thu 11 09:00"),  # Wednesday is off
        ("Fri 12 17:00", 2, "Mon 15 09:00"),  # clocks went forward in between
        ("Thu 4 08:00", 25, "Mon 8 13:00"),
    ],
)
def test_open_time_is_counted_while_the_doors_are_open(start, hours, end):
    assert RIVERSIDE.after_open_time(at(start), timedelta(hours=hours)) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("Fri 5 10:00", 1, "Mon 8 18:00"),
        ("Sat 6 10:00", 1, "Mon 8 18:00"),
        ("Tue 9 10:00", 1, "Thu 11 18:00"),
        ("Thu 11 10:00", 2, "Mon 15 18:00"),
    ],
)
def test_working_days_end_when_the_doors_close(start, days, end):
    assert RIVERSIDE.after_working_days(at(start), days) == at(end)


def test_the_local_day_counts_not_that_of_greenwich():
    late_on_thursday = datetime(2027, 3, 5, 3, 0, tzinfo=UTC)  # 10 in the evening of Thursday 4
    assert RIVERSIDE.after_working_days(late_on_thursday, 1) == at("Fri 5 18:00")
    assert RIVERSIDE.next_opening(late_on_thursday) == at("Fri 5 08:00")


def test_next_opening_is_now_while_open():
    assert RIVERSIDE.next_opening(at("Fri 5 10:00")) == at("Fri 5 10:00")
    assert RIVERSIDE.next_opening(at("Fri 5 19:00")) == at("Mon 8 08:00")
    assert RIVERSIDE.closing_of_the_day(at("Fri 5 10:00")) == at("Fri 5 18:00")
    assert RIVERSIDE.closing_of_the_day(at("Sat 6 10:00")) == at("Mon 8 18:00")


def test_a_place_that_is_never_open_is_counted_as_always_open():
    noon = at("Fri 5 12:00")
    assert NEVER.next_opening(noon) == noon
    assert NEVER.after_open_time(noon, timedelta(hours=4)) == noon + timedelta(hours=4)
    assert NEVER.after_working_days(noon, 2) == noon + timedelta(days=2)


@given(start=st.integers(0, 365 * 24 * 60), amount=st.integers(1, 30 * 60))
def test_counted_time_ends_while_open_and_more_time_never_ends_earlier(start, amount):
    start, amount = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=start), timedelta(minutes=amount)
    end = RIVERSIDE.after_open_time(start, amount)
    assert end >= start + amount
    assert RIVERSIDE.is_open(end - timedelta(microseconds=1))
    assert RIVERSIDE.after_open_time(start, amount + timedelta(minutes=1)) > end


@pytest.mark.parametrize(
    "value",
    [
        {"monday": ["08:00", "18:00"]},
        {"mon": ["18:00", "08:00"]},
        {"mon": ["08:00"]},
        {"mon": ["8", "eighteen"]},
        {"mon": 8},
        {"closed_on": ["the 4th of July"]},
        ["08:00"],
        None,
    ],
)
def test_hours_no_clock_can_count_with_are_refused(value):
    with pytest.raises(ValidationError):
        check_hours(value)


# Hours that make no sense ---------------------------------------------------------------------------------------------

NO_SENSE = [
    {"monday": ["8", "18"]},
    {"mon": ["18:00", "08:00"]},
    {"mon": ["late"]},
    {"mon": 8},
    {"closed_on": 3},
    [],
    7,
]


@pytest.mark.parametrize("hours", NO_SENSE, ids=str)
def test_an_emergency_is_raised_at_a_place_whose_hours_make_no_sense_and_a_check_names_it(location, maya, hours):
    """Nobody checks hours that were written into the table by hand; a patient there must not meet an error."""
    type(location).objects.filter(pk=location.pk).update(hours=hours)
    ada = Phone().starts()
    ada.answers("safety-check", emergency_now=["saddle_numb"])
    assert ada.case.urgency == Urgency.EMERGENCY
    assert Message.objects.filter(kind="case_needs_you").exists()
    said = [found.msg for found in checks.run_checks(databases=["default"]) if found.id == "staff.W003"]
    assert said == ["The hours of Riverside make no sense, and count as none."]


def test_hours_that_make_sense_are_named_by_no_check(location):
    assert not [found for found in checks.run_checks(databases=["default"]) if found.id == "staff.W003"]


# Clocks ---------------------------------------------------------------------------------------------------------------

NO_CLOCK = ["Mars/Olympus", "", "America", "../etc/localtime", "EST5EDT+nonsense"]


@pytest.mark.parametrize("zone", NO_CLOCK)
def test_a_place_whose_clock_makes_no_sense_goes_on_by_that_of_the_clinic_and_a_check_names_it(location, zone):
    type(location).objects.filter(pk=location.pk).update(time_zone=zone)
    place = type(location).objects.get()
    assert place.zone == ZoneInfo(settings.TIME_ZONE)
    assert place.opening_hours.days == location.opening_hours.days, "its hours make sense all the same"
    said = {found.id: found.msg for found in checks.run_checks(databases=["default"], include_deployment_checks=True)}
    words = f"The time zone of Riverside makes no sense ({zone}), and America/New_York counts."
    assert (said["staff.W004"], said["staff.E004"]) == (words, words)
    assert "staff.W003" not in said


def test_a_clock_that_is_known_is_named_by_no_check(location):
    assert location.zone_makes_sense
    said = {found.id for found in checks.run_checks(databases=["default"], include_deployment_checks=True)}
    assert not said & {"staff.W004", "staff.E004"}


def test_the_pages_of_a_place_without_a_clock_are_shown(location, maya, priya, ruth, sign_in):
    """Each of these was an error page for everybody at that place."""
    case = factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya)
    decision = factories.decision(on=case, by=maya)
    referral = referring.refer(decision, by=maya)
    factories.desk_task(of=decision)
    waiting = factories.case(at=location, answers=FOOT_DROP)
    type(location).objects.filter(pk=location.pk).update(time_zone="Mars/Olympus")
    pages = {
        maya: ["queue", ("case", waiting), ("case", case)],
        ruth: ["on_watch", "messages"],
        priya: ["requests", "referrals", ("referral", referral), "today", "promises", ("patient", case.patient)],
    }
    for person, addresses in pages.items():
        browser = sign_in(person)
        for address in addresses:
            name, about = address if isinstance(address, tuple) else (address, None)
            answer = browser.get(reverse(name, args=[about.public_id] if about else []))
            assert answer.status_code == 200, name
