"""Two things press at once on one referral: neither takes the date, or the line, of the other."""

from datetime import timedelta

import pytest
import time_machine

from clinic.messages.models import Message
from referrals import moves as actions
from referrals.models import OfficeToTell, Referral
from referrals.moves import offices, undelivered, with_patient
from tests import factories
from tests.referrals.moves.test_undelivered import step_of, the_post_goes
from tests.referrals.told.house import NOON


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=True) as clock:
        yield clock


def test_one_office_that_was_told_takes_no_other_off_the_list(accepted, priya):
    other = factories.specialist()
    for office in (accepted.specialist, other):
        offices.put_down(accepted, office, OfficeToTell.What.WITHDRAWN)
    Referral.objects.update(status="withdrawn", end_reason="not_needed", ended_at=NOON, next_check_at=None)
    offices.told_by_the_mail(Referral.objects.get(), other)
    assert [row.specialist for row in OfficeToTell.objects.waiting()] == [accepted.specialist]


def test_an_office_that_gets_it_again_is_not_told_to_expect_nobody(accepted):
    offices.put_down(accepted, accepted.specialist, OfficeToTell.What.WITHDRAWN)
    assert not OfficeToTell.objects.waiting().exists(), "they have it, and expect the patient"
    Referral.objects.update(status="withdrawn", end_reason="not_needed", ended_at=NOON, next_check_at=None)
    assert OfficeToTell.objects.waiting().exists()


@pytest.mark.parametrize("ends", ["the office opens its link", "the mail goes", "somebody sends it again"])
def test_the_end_of_it_leaves_the_date_of_a_patient_who_cannot_come(accepted, priya, ends):
    given = actions.give_appointment(
        accepted, starts_at=NOON + timedelta(days=5), time_zone="America/New_York", by=priya
    )
    with_patient.patient_answers(Referral.objects.get(), number=given.pk, comes=False)
    due = Referral.objects.get().next_check_at
    undelivered.notice(Referral.objects.get())
    referral = Referral.objects.get()
    assert step_of(referral).title.startswith("Find another day"), "what presses more comes first"
    if ends == "the office opens its link":
        undelivered.office_opened_it(referral)
    elif ends == "the mail goes":
        undelivered.went(referral)
    else:
        undelivered.tried_again(referral, by=priya)
    referral.refresh_from_db()
    assert referral.undelivered_at is None
    assert referral.next_check_at <= due


def test_what_the_patient_says_leaves_the_hour_of_a_mail_that_did_not_arrive(accepted, priya):
    given = actions.give_appointment(
        accepted, starts_at=NOON + timedelta(days=5), time_zone="America/New_York", by=priya
    )
    undelivered.notice(Referral.objects.get())
    due = Referral.objects.get().next_check_at
    with_patient.patient_answers(Referral.objects.get(), number=given.pk, comes=True)
    assert Referral.objects.get().next_check_at == due


def test_once_the_office_was_reached_a_mail_that_still_waits_is_no_news(sent, priya, post_office, noon):
    """Its mail waits for the server; the desk has called meanwhile, and they take the patient."""
    post_office.close()
    the_post_goes()
    actions.office_accept(Referral.objects.get(), by=priya)
    noon.shift(timedelta(hours=2))
    the_post_goes()
    assert Message.objects.filter(kind="referral_sent", status="scheduled").exists()
    assert Referral.objects.get().undelivered_at is None
