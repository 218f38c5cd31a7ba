"""How the day went is taken back within a day: both lines stay, and everything is as it was before the first."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from clinic.messages.models import Message
from referrals import moves as actions
from referrals.models import Referral
from referrals.status.standing import standing
from tests.referrals.moves.test_undelivered import step_of, the_post_goes
from tests.referrals.told.house import NOON, OFFICE

HOURS = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def over(accepted, clock):
    """The referral an hour after the time of its appointment."""
    soon = NOON + timedelta(days=2)
    actions.give_appointment(accepted, starts_at=soon, time_zone="America/New_York", office=OFFICE)
    clock.move_to(soon + HOURS)
    return Referral.objects.get()


def as_it_stands(referral):
    """What the desk and the patient have before them, the history left aside."""
    referral = Referral.objects.get(pk=referral.pk)
    steps = [step for course in standing(referral.patient, timezone.now(), "en").courses for step in course.steps]
    day = referral.standing_appointment
    return referral.status, referral.next_check_at, step_of(referral), day and day.pk, steps


@pytest.mark.parametrize("outcome", ["seen", "no_show"])
def test_everything_is_as_before_and_both_lines_stay(over, priya, clock, outcome, post_office):
    the_post_goes()
    before, mails = as_it_stands(over), Message.objects.count()
    saw = actions.newest_line(over)
    getattr(actions, outcome)(over, by=priya)
    actions.undo(Referral.objects.get(), words="It was her sister.", by=priya)
    assert as_it_stands(over) == before
    assert [line.what for line in over.moves.filter(pk__gt=saw)] == [outcome, "undone"]
    assert over.moves.last().note.endswith(". It was her sister.")
    assert Message.objects.count() == mails, "nobody was told, so nobody is told otherwise"


@pytest.mark.parametrize(("hours", "may"), [(23, True), (24, False), (48, False)])
def test_it_may_be_taken_back_for_a_day(over, priya, sign_in, clock, hours, may):
    actions.no_show(over, by=priya)
    clock.shift(hours * HOURS)
    page = sign_in(priya).get(f"/referrals/{over.public_id}/").text
    assert ("?do=undo" in page) is may
    if not may:
        with pytest.raises(actions.NotYet, match="for a day"):
            actions.undo(over, by=priya)


def test_how_it_went_is_asked_only_once_its_time_has_come(accepted, priya, sign_in, clock):
    """Who presses "did not come" a day early frees a day that the patient would have kept."""
    soon = NOON + timedelta(days=2)
    actions.give_appointment(accepted, starts_at=soon, time_zone="America/New_York", office=OFFICE)
    address = f"/referrals/{accepted.public_id}/"
    for moment, may in ((soon - HOURS, False), (soon, True)):
        clock.move_to(moment)
        page = sign_in(priya).get(address).text
        assert [name in page for name in ("?do=seen", "?do=no-show")] == [may, may]
    clock.move_to(soon - HOURS)
    press = {"do": "no-show", "saw": actions.newest_line(accepted)}
    assert sign_in(priya).post(f"{address}move/", press).status_code == 409
    assert Referral.objects.get().status == "scheduled"


def test_what_was_followed_by_something_else_is_not_taken_back(over, priya):
    actions.seen(over, by=priya)
    actions.receive_report(over, words="All is well.", office=OFFICE)
    with pytest.raises(actions.NotYet):
        actions.undo(over, by=priya)


def test_somebody_behind_takes_nothing_back(over, priya, ruth):
    actions.no_show(over, by=priya)
    saw = actions.newest_line(over)
    actions.note(over, words="Her sister called.", by=ruth)
    with pytest.raises(actions.ReferralChanged):
        actions.undo(over, by=priya, saw=saw)
    assert Referral.objects.get().status == "no_show"
