"""A manager chooses how long before a visit its reminders go: for what is booked or moved from then on, never twice.

A choice that changed what waits left somebody without a reminder, or with two, after two changes of mind.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.messages.dispatch import sweep
from clinic.messages.leads import moments
from clinic.messages.models import MailChoice, Message
from clinic.messages.quiet import QuietHours
from clinic.owning.mails import remind_before
from clinic.owning.rules import NotAllowed
from clinic.staff.changes import ClinicChange
from referrals.moves import telling
from tests.intake.visits.made import NOON, THURSDAY, first_booking, moves

NEW_YORK = ZoneInfo("America/New_York")
QUIET = QuietHours.from_text("21-8")
IN_TWO_WEEKS = THURSDAY + timedelta(days=14)


def reminders(kind="visit_reminder", status="scheduled"):
    return Message.objects.filter(kind=kind, status=status).order_by("due_at")


def hours_of(messages, starts_at):
    """Return how many hours before it each is due; the clock of the wall counts."""
    wall = starts_at.astimezone(NEW_YORK).replace(tzinfo=None)
    dues = [one.due_at.astimezone(NEW_YORK).replace(tzinfo=None) for one in messages]
    return [(wall - due) / timedelta(hours=1) for due in dues]


def chooses(ruth, *hours, at=NOON):
    with time_machine.travel(at, tick=False):
        remind_before("visit_reminder", hours, by=ruth)


# What may be chosen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [[], [5], [24, 1]])
def test_reminders_go_at_times_we_know_or_not_at_all(hours, ruth):
    with pytest.raises(NotAllowed):
        remind_before("visit_reminder", hours, by=ruth)
    with pytest.raises(IntegrityError, match="reminders_go_at_times_we_know"), transaction.atomic():
        MailChoice.objects.create(visit_reminder=hours)


def test_hours_alone_are_refused(ruth):
    """At nine in the morning a visit would have no reminder at all: three hours before is night."""
    with pytest.raises(NotAllowed, match="Choose a day or more besides"):
        remind_before("visit_reminder", [3], by=ruth)
    assert not ClinicChange.objects.exists()


def test_the_page_keeps_a_choice_and_refuses_one_at_the_field(ruth, sign_in):
    browser, address = sign_in(ruth), reverse("remind_before", args=["visit_reminder"])
    for sent, words in (({}, "Choose one time at least"), ({"hours": ["3"]}, "Choose a day or more besides")):
        refused = browser.post(address, sent)
        assert (refused.status_code, words in refused.text) == (422, True)
        assert 'id="visit_reminder" open' in refused.text
    done = browser.post(address, {"hours": ["168", "3"]}, follow=True).text
    assert "It holds for what is booked from now on" in done
    assert ClinicChange.objects.get().after == {"Reminder of a visit: goes": "7 days before, 3 hours before"}


# For which visits -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quiet_by_night")
def test_a_choice_holds_for_what_is_booked_or_moved_from_then_on(location, priya, ruth):
    visit = first_booking(location, priya, to=IN_TWO_WEEKS, at=NOON)
    chooses(ruth, 168, 48, 3)
    assert hours_of(reminders(), IN_TWO_WEEKS) == [24], "what waits stays as it is"
    afternoon = IN_TWO_WEEKS + timedelta(hours=4)
    first_booking(location, priya, to=afternoon, at=NOON)
    assert hours_of(reminders().exclude(subject_id=visit.public_id), afternoon) == [168, 48, 3]
    early = IN_TWO_WEEKS - timedelta(hours=1)
    moves(visit, priya, early)
    own = reminders().filter(subject_id=Message.objects.filter(kind="appointment_booked").last().subject_id)
    assert 3 not in hours_of(own, early), "at six nobody is written to, and at eight it is too late"


def test_two_changes_of_mind_leave_each_visit_one_reminder(location, priya, ruth):
    visit = first_booking(location, priya, to=IN_TWO_WEEKS, at=NOON)
    chooses(ruth, 48)
    moves(visit, priya, IN_TWO_WEEKS + timedelta(days=1))
    moves(visit, priya, IN_TWO_WEEKS)
    chooses(ruth, 24)
    assert hours_of(reminders(), IN_TWO_WEEKS) == [48], "chosen when it was moved last"


def test_a_longer_choice_leaves_nobody_without(location, priya, ruth):
    first_booking(location, priya, to=IN_TWO_WEEKS, at=NOON)
    chooses(ruth, 48, at=IN_TWO_WEEKS - timedelta(hours=30))
    assert reminders().count() == 1


def test_an_appointment_at_an_office_keeps_its_reminder_too(at_an_office, ruth):
    with time_machine.travel(NOON - timedelta(days=1)):
        telling.remind(at_an_office.standing_appointment)
        before = list(reminders("appointment_reminder").values_list("pk", "due_at"))
        remind_before("appointment_reminder", [168, 24], by=ruth)
    assert before
    assert list(reminders("appointment_reminder").values_list("pk", "due_at")) == before


# When they go ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [15, 45])
def test_of_two_that_an_outage_held_up_only_the_nearer_goes(minutes, location, priya, ruth, post_office):
    start = IN_TWO_WEEKS + timedelta(hours=4)
    chooses(ruth, 24, 3)
    first_booking(location, priya, to=start, at=NOON)
    chooses(ruth, 48)  # what is chosen meanwhile does not matter
    back = start - timedelta(hours=3) + timedelta(minutes=minutes)
    with time_machine.travel(back, tick=False):
        sweep(back)
    assert hours_of(reminders(status="sent"), start) == [3]
    assert hours_of(reminders(status="skipped"), start) == [24]


def test_after_a_shorter_outage_each_goes_in_its_time(location, priya, ruth, post_office):
    start = IN_TWO_WEEKS + timedelta(hours=4)
    chooses(ruth, 24, 3)
    first_booking(location, priya, to=start, at=NOON)
    for back in (start - timedelta(hours=20), start - timedelta(hours=2, minutes=50)):
        with time_machine.travel(back, tick=False):
            sweep(back)
    assert hours_of(reminders(status="sent"), start) == [24, 3]


@pytest.mark.parametrize(
    ("starts", "now", "chosen", "due"),
    [
        ("2027-03-15 09:00", "2027-03-01 09:00", [168, 48, 24], ["03-08 09:00", "03-13 09:00", "03-14 09:00"]),
        ("2027-03-15 14:00", "2027-03-01 09:00", [3], ["03-15 11:00"]),
        ("2027-03-15 10:30", "2027-03-01 09:00", [3], ["03-15 07:30"]),  # it waits for eight, and is of use
        ("2027-03-15 09:30", "2027-03-01 09:00", [3], []),  # at eight it is too late
        ("2027-03-15 14:00", "2027-03-15 08:00", [3], []),  # they were told six hours before
        ("2027-03-15 14:00", "2027-03-14 15:00", [48, 24], []),
    ],
)
def test_the_moments(starts, now, chosen, due):
    """The clocks change on March 14: nine stays nine."""
    at, now = (datetime.fromisoformat(one).replace(tzinfo=NEW_YORK) for one in (starts, now))
    found = moments(at, chosen, NEW_YORK, QUIET, now)
    assert [f"{one.astimezone(NEW_YORK):%m-%d %H:%M}" for one in found.values()] == due
