"""No routine mail leaves while its reader sleeps; alerts to staff, and what a reader has just asked for, do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.messages.quiet import QuietHours, due_moment
from intake.door import emails
from intake.review import emails as case_emails
from tests import factories
from tests.answers import SADDLE_NUMBNESS

NEW_YORK, DENVER, PHOENIX = map(ZoneInfo, ("America/New_York", "America/Denver", "America/Phoenix"))
NIGHT = QuietHours.from_text("21-8")


def local(words, zone=NEW_YORK, *, fold=0) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=zone, fold=fold)


@pytest.fixture
def quiet(settings):
    settings.QUIET_HOURS = NIGHT


# The one function -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "zone", "due"),
    [
        ("2027-03-02T08:00", NEW_YORK, "2027-03-02T08:00"),  # by day it is the moment itself
        ("2027-03-02T20:59:59", NEW_YORK, "2027-03-02T20:59:59"),
        ("2027-03-02T21:00", NEW_YORK, "2027-03-03T08:00"),
        ("2027-03-03T01:59", NEW_YORK, "2027-03-03T08:00"),  # when reminders used to leave
        ("2027-03-03T03:50", NEW_YORK, "2027-03-03T08:00"),
        ("2027-03-03T07:59:59", NEW_YORK, "2027-03-03T08:00"),
        ("2027-03-13T23:00", NEW_YORK, "2027-03-14T08:00"),  # clocks go forward in this night
        ("2027-03-14T03:00", NEW_YORK, "2027-03-14T08:00"),
        ("2027-11-06T23:00", NEW_YORK, "2027-11-07T08:00"),  # and back in this one
        ("2027-03-14T23:00", PHOENIX, "2027-03-15T08:00"),  # where they never change
    ],
)
def test_by_day_at_once_and_by_night_at_its_end(at, zone, due):
    assert due_moment(local(at, zone), zone, NIGHT) == local(due, zone)


def test_the_night_of_the_change_is_an_hour_shorter_or_longer():
    shorter = due_moment(local("2027-03-13T21:00"), NEW_YORK, NIGHT) - local("2027-03-13T21:00").astimezone(UTC)
    longer = due_moment(local("2027-11-06T21:00"), NEW_YORK, NIGHT) - local("2027-11-06T21:00").astimezone(UTC)
    assert (shorter, longer) == (timedelta(hours=10), timedelta(hours=12))


def test_both_times_the_clock_shows_half_past_one_are_night():
    for fold in (0, 1):
        assert due_moment(local("2027-11-07T01:30", fold=fold), NEW_YORK, NIGHT) == local("2027-11-07T08:00")


def test_an_end_the_clock_jumps_over_or_shows_twice_never_lies_in_the_past():
    jumped = due_moment(local("2027-03-14T01:30"), NEW_YORK, QuietHours.from_text("21-2"))
    assert jumped == local("2027-03-14T03:00").astimezone(UTC)
    twice = due_moment(local("2027-11-07T00:30"), NEW_YORK, QuietHours.from_text("21-1"))
    assert twice == datetime(2027, 11, 7, 5, 0, tzinfo=UTC)  # the first of the two


def test_every_hour_of_a_year_is_answered_by_a_moment_by_day_not_before_it():
    for hour in range(0, 366 * 24, 1):
        at = datetime(2027, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hour)
        due = due_moment(at, NEW_YORK, NIGHT)
        assert at <= due <= at + timedelta(hours=12)
        assert 8 <= due.astimezone(NEW_YORK).hour < 21


@pytest.mark.parametrize("text", ["", "21", "21-", "21-21", "25-8", "nine-8", "21:30-8"])
def test_a_setting_that_is_no_pair_of_hours_is_refused(text):
    with pytest.raises(ValueError, match=r"must"):
        QuietHours.from_text(text)


# What the sweep does with it ------------------------------------------------------------------------------------------


def tomorrow_at(hour, zone=NEW_YORK) -> datetime:
    day = timezone.now().astimezone(zone).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, 59, tzinfo=zone)


def test_a_reminder_due_at_night_leaves_in_the_morning_of_its_location(location, other_location, quiet, post_office):
    here, there = (factories.intake(at=place) for place in (location, other_location))
    for intake in (here, there):
        emails.invite(intake, at=timezone.now())
    sweep(tomorrow_at(1))
    assert post_office.mails == []
    waits = Message.objects.get(subject_id=here.public_id)
    assert (waits.status, waits.outcome) == ("scheduled", "It waits for the morning.")
    assert waits.due_at == tomorrow_at(8).replace(minute=0)
    sweep(tomorrow_at(8))
    assert post_office.recipients == {here.patient.email: 1}  # in Denver it is not yet seven
    sweep(tomorrow_at(10))
    assert post_office.recipients == {here.patient.email: 1, there.patient.email: 1}


def test_an_alert_to_staff_does_not_wait_for_the_morning(location, maya, quiet, post_office):
    case_emails.case_needs_you(factories.case(at=location, answers=SADDLE_NUMBNESS), now=timezone.now())
    sweep(tomorrow_at(3))
    assert maya.email in post_office.recipients


def test_who_asks_for_a_link_at_night_gets_it(location, quiet, post_office):
    intake = factories.intake(at=location)
    emails.resume_link_requested(intake)
    sweep(tomorrow_at(3))
    assert post_office.recipients == {intake.patient.email: 1}


def test_which_kinds_leave_by_night():
    alerts = {name for name, kind in KINDS.items() if not kind.routine}
    asked_for = {"intake_link", "status_link", "answers_received", "referral_faxed"}  # a fax wakes nobody
    assert {KINDS[name].audience for name in alerts} == {"staff"}
    assert "case_needs_you" in alerts
    assert {name for name, kind in KINDS.items() if not kind.by_day_only} == alerts | asked_for
