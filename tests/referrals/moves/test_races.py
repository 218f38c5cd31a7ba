"""Two people at once, on the real database: one of them wins, the other is told, nothing happens twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.messages.models import Message
from intake.models import CallToMake
from intake.visits import calls
from referrals import moves as actions
from referrals.models import MoveNotAllowed, Referral
from tests.at_once import at_once
from tests.referrals.conftest import OFFICE

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_at_the_desk_send_it_and_one_letter_goes_out(chosen, priya, ruth):
    results = at_once(*[lambda by=by: actions.send(chosen, by=by) for by in (priya, ruth) * 4])
    assert sum(isinstance(result, Referral) for result in results) == 1
    assert sum(isinstance(result, MoveNotAllowed) for result in results) == 7
    assert chosen.letters.count() == 1
    assert Message.objects.filter(kind="referral_sent").count() == 1


def test_the_office_accepts_while_the_desk_withdraws(sent, priya):
    saw = actions.newest_line(sent)
    results = at_once(
        lambda: actions.office_accept(sent, office=OFFICE, saw=saw),
        lambda: actions.withdraw(sent, reason="not_needed", by=priya, saw=saw),
    )
    refused = [result for result in results if isinstance(result, actions.ReferralChanged)]
    assert len(refused) == 1
    status = Referral.objects.get().status
    assert status in ("accepted", "withdrawn")
    assert sent.moves.last().to_status == status


def test_two_at_the_office_give_an_appointment_and_one_stands(accepted):
    days = [timezone.now() + timedelta(days=day) for day in (3, 4)]
    results = at_once(
        *[
            lambda day=day: actions.give_appointment(
                accepted, starts_at=day, time_zone="America/New_York", office=OFFICE
            )
            for day in days
        ]
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    assert accepted.appointments.filter(replaced_at=None).count() == 1
    reminders = Message.objects.filter(kind="appointment_reminder", status="scheduled")
    assert reminders.count() == 1


def test_the_patient_is_told_while_the_office_moves_the_day_and_nobody_waits_for_ever(accepted, priya):
    """One locks the call first, the other the referral."""
    soon = timezone.now() + timedelta(hours=20)
    actions.give_appointment(accepted, starts_at=soon, time_zone="America/New_York", office=OFFICE)
    call = CallToMake.objects.get()
    for minutes in range(1, 6):
        CallToMake.objects.filter(pk=call.pk).update(done_at=None, done_by=None)
        day = soon + timedelta(minutes=minutes)
        results = at_once(
            lambda: calls.say_it_was_made(call, by=priya),
            lambda day=day: actions.give_appointment(
                accepted, starts_at=day, time_zone="America/New_York", office=OFFICE
            ),
        )
        assert not [result for result in results if isinstance(result, Exception)], results
        CallToMake.objects.exclude(pk=call.pk).delete()


def test_the_same_decision_at_once_makes_one_referral(decision, maya, priya):
    results = at_once(*[lambda by=by: actions.refer(decision, by=by) for by in (maya, priya)])
    assert results[0] == results[1]
    assert Referral.objects.count() == 1


def test_one_move_at_a_time_whoever_calls_it(sent):
    results = at_once(*[lambda: Referral.objects.get().move_to("opened", what="opened", office=OFFICE)] * 8)
    assert sum(result is None for result in results) == 1, results
    assert sent.moves.filter(to_status="opened").count() == 1
