"""A mail that a visit moved or is off does not go: somebody calls, hours before the patient would set out."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from intake.models import CallToMake, Document
from intake.visits import calls
from referrals import moves as referring
from tests import factories
from tests.intake.visits.made import NOON, THURSDAY, first_booking, is_off, mails, moves

pytestmark = pytest.mark.usefixtures("quiet_by_night")


def test_a_mail_refused_for_good_is_a_call_at_once(visit, priya, post_office):
    post_office.refuse[visit.patient.email] = "550 no such person"
    is_off(visit, priya)
    assert not CallToMake.objects.exists()
    assert mails(post_office, NOON) == []
    call = CallToMake.objects.visible_to(priya).waiting().get()
    assert (call.patient, call.was_at, call.starts_at) == (visit.patient, THURSDAY, None)


def test_a_mail_that_still_waits_four_hours_before_the_visit_is_a_call(visit, priya, post_office):
    """The mail server was away for two days: the mail would have been dropped as late, and nobody had told them."""
    post_office.close()
    moves(visit, priya, THURSDAY + timedelta(days=1))
    for before, calls_waiting in ((5, 0), (3, 1)):
        mails(post_office, THURSDAY - timedelta(hours=before))
        assert CallToMake.objects.waiting().count() == calls_waiting
    call = CallToMake.objects.get()
    assert (call.was_at, call.starts_at) == (THURSDAY, THURSDAY + timedelta(days=1))


def test_one_who_wants_no_mail_any_more_before_it_goes_is_called(visit, priya, post_office):
    is_off(visit, priya)
    factories.consent(factories.intake(of=visit.patient), Document.EMAIL, agreed=False)
    assert mails(post_office, NOON) == []
    assert CallToMake.objects.waiting().get().was_at == THURSDAY


def test_a_call_that_was_made_is_not_made_again(visit, priya, post_office):
    post_office.close()
    is_off(visit, priya)
    early = THURSDAY - timedelta(hours=3)
    mails(post_office, early)
    with time_machine.travel(early):
        calls.say_it_was_made(CallToMake.objects.get(), by=priya)
    mails(post_office, early + timedelta(minutes=30))
    assert not CallToMake.objects.waiting().exists()


def test_a_mail_that_another_has_taken_the_place_of_makes_no_call(visit, priya, post_office):
    post_office.refuse[visit.patient.email] = "550 no such person"
    moves(visit, priya, THURSDAY + timedelta(days=1))
    moves(visit, priya, THURSDAY, at=NOON + timedelta(seconds=5))
    mails(post_office, NOON)
    assert [call.was_at for call in CallToMake.objects.all()] == [], "it stands, and they know of no other time"


def test_a_first_visit_whose_mail_is_refused_is_a_call(location, priya, post_office):
    visit = first_booking(location, priya, to=THURSDAY, at=NOON)
    post_office.refuse[visit.patient.email] = "550 no such person"
    mails(post_office, NOON)
    call = CallToMake.objects.get()
    assert (call.was_at, call.starts_at) == (None, THURSDAY)


@pytest.mark.parametrize("what", ["moved", "off"])
def test_also_where_an_office_changes_it_and_the_mail_is_refused(at_an_office, post_office, what):
    later = THURSDAY + timedelta(days=8)
    with time_machine.travel(NOON):
        if what == "moved":
            referring.give_appointment(at_an_office, starts_at=later, time_zone="America/New_York", office="Ellen Park")
        else:
            referring.office_decline(at_an_office, reason="not_taking", office="Ellen Park")
    post_office.refuse[at_an_office.patient.email] = "550 no such person"
    mails(post_office, NOON)
    call = CallToMake.objects.waiting().get()
    assert (call.where, call.was_at, call.starts_at) == ("office", THURSDAY, later if what == "moved" else None)


def test_a_mail_that_waited_over_the_old_time_is_a_call_about_the_new_one(visit, priya, post_office):
    """No worker, no mail server, from before the old time until after it: the new one is days ahead."""
    moves(visit, priya, THURSDAY + timedelta(days=4))
    post_office.refuse[visit.patient.email] = "550 no such person"
    mails(post_office, THURSDAY + timedelta(hours=2))
    assert CallToMake.objects.waiting().get().starts_at == THURSDAY + timedelta(days=4)


def test_what_was_said_on_the_phone_counts_as_told(visit, priya, post_office):
    """Told of Friday by phone, and then it is Thursday again: the mail of Thursday that went is not the last word."""
    post_office.refuse[visit.patient.email] = "550 no such person"
    moves(visit, priya, THURSDAY + timedelta(days=1))
    mails(post_office, NOON)
    with time_machine.travel(NOON + timedelta(hours=1)):
        calls.say_it_was_made(CallToMake.objects.get(), by=priya)
    moves(visit, priya, THURSDAY, at=NOON + timedelta(hours=2))
    mails(post_office, NOON + timedelta(hours=2))
    call = CallToMake.objects.waiting().get()
    assert (call.was_at, call.starts_at) == (THURSDAY + timedelta(days=1), THURSDAY)


def test_an_appointment_that_was_off_is_told_also_when_the_referral_ends_before_the_mail_goes(
    at_an_office, priya, post_office
):
    with time_machine.travel(NOON):
        referring.office_decline(at_an_office, reason="not_taking", office="Ellen Park")
        referring.withdraw(at_an_office, reason="not_needed", by=priya)
    assert ["Please do not go" in text for text in mails(post_office, NOON)] == [True]


def test_a_first_appointment_of_an_office_whose_mail_is_refused_is_a_call(without_a_day, post_office):
    later = NOON + timedelta(days=20)
    with time_machine.travel(NOON):
        referring.give_appointment(without_a_day, starts_at=later, time_zone="America/New_York", office="Ellen Park")
    post_office.refuse[without_a_day.patient.email] = "550 no such person"
    mails(post_office, NOON)
    call = CallToMake.objects.waiting().get()
    assert (call.was_at, call.starts_at) == (None, later)


def test_a_mail_of_the_morning_is_given_the_morning(location, priya, post_office):
    """Booked by night for ten to twelve: the mail of eight is enough, and nobody is called at ten to eight."""
    ten_to_twelve = NOON + timedelta(days=1) - timedelta(minutes=10)
    first_booking(location, priya, to=ten_to_twelve, at=NOON + timedelta(hours=11))
    mails(post_office, ten_to_twelve - timedelta(hours=4))
    assert not CallToMake.objects.exists()


@pytest.mark.parametrize(
    ("at", "was_at", "starts_at", "by"),
    [
        ("Tue 12:00", None, "Thu 10:00", "Tue 14:00"),
        ("Tue 17:00", "Thu 10:00", None, "Wed 09:00"),
        ("Tue 12:00", "Thu 10:00", "Tue 14:00", "Tue 13:00"),
        ("Tue 12:00", "Tue 12:30", None, "Tue 12:00"),
    ],
    ids=["two hours", "open hours", "before they set out", "at once"],
)
def test_a_call_is_to_be_made_in_two_open_hours_and_before_they_would_set_out(location, at, was_at, starts_at, by):
    def moment(words):
        day, clock = words.split()
        hours, minutes = map(int, clock.split(":"))
        return NOON.replace(hour=hours, minute=minutes) + timedelta(days=["Tue", "Wed", "Thu"].index(day))

    with time_machine.travel(moment(at), tick=False):
        due = calls.call_by(location, was_at=was_at and moment(was_at), starts_at=starts_at and moment(starts_at))
    assert due == moment(by)


def test_a_call_that_nobody_made_in_time_is_said_on_every_page_and_to_managers(visit, priya, ruth, sign_in):
    call = factories.call_to_make(about=visit, due_at=timezone.now() - timedelta(minutes=1))
    told = "1 patient not called yet about a visit that is new, moved or off"
    assert told in sign_in(priya).get("/directory/").text
    page = sign_in(ruth).get("/promises/").text
    assert visit.patient.full_name in page
    assert "A call about a visit that is new, moved or off" in page
    calls.say_it_was_made(call, by=priya)
    assert told not in sign_in(priya).get("/directory/").text
