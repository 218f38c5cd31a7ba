"""A mail that a visit moved or is off does not go: somebody calls, hours before the patient would set out."""

from datetime import timedelta

import pytest
import time_machine

from intake.models import CallToMake, Document
from intake.visits import calls
from referrals import moves as referring
from tests import factories
from tests.intake.visits import NOON, THURSDAY, first_booking, is_off, mails, moves

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
