"""A call to the patient that reaches nobody is a try; and no look is put off past a day that they do not know of."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from intake.models import Contact, Urgency
from intake.review.schedule import next_try
from referrals import moves as actions
from referrals.desk.calls import WE_WAIT, call_card, to_say
from referrals.models import CameOf, Referral, WaitsFor
from referrals.moves.calls import Whom
from tests import factories
from tests.referrals.conftest import OFFICE
from tests.referrals.desk.test_calls import form_in
from tests.referrals.moves.test_undelivered import step_of
from tests.referrals.told.house import NOON
from tests.source import one_line

DAY = timedelta(days=1)
LOST = 'value="lost_contact"'


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def accepted(decision, priya, neurologist):
    """A referral whose office has accepted it, without the letter that takes a while to set."""
    return factories.referral(after=decision, owner=priya, to=neurologist, status="accepted")


def in_status(referral, status) -> Referral:
    if status == "declined":
        return actions.office_decline(referral, reason="not_taking", office=OFFICE)
    Referral.objects.filter(pk=referral.pk).update(status=status)
    referral.refresh_from_db()
    return referral


def press(browser, referral, outcome, words="", **more):
    """Press one of the buttons of the call on the page of the referral."""
    address = f"/referrals/{referral.public_id}/"
    given = form_in(html.unescape(one_line(browser.get(address).text)))
    return browser.post(f"{address}move/", given | {"outcome": outcome, "words": words} | more)


# Tries ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", CameOf)
@pytest.mark.parametrize("status", ["draft", "declined", "no_show"])
def test_whether_the_patient_was_reached_is_on_record(accepted, priya, sign_in, status, outcome):
    referral, browser = in_status(accepted, status), sign_in(priya)
    assert press(browser, referral, outcome).status_code == 302
    line, fails = referral.moves.last(), outcome in (CameOf.NO_ANSWER, CameOf.MESSAGE)
    assert (line.what, line.channel) == ("tried" if fails else "phone", Contact.Channel.PHONE)
    assert len(actions.tries_of(referral)) == fails
    if fails:
        due = next_try(Urgency(referral.urgency), NOON, referral.location.opening_hours)
        assert Referral.objects.get().next_check_at == due


def test_calls_that_reach_nobody_end_it_and_one_that_does_begins_anew(accepted, priya, sign_in, clock):
    referral = in_status(accepted, "no_show")
    referral.patient.email = ""
    referral.patient.save()
    for outcome in ("no_answer", "message", "no_answer"):
        browser = sign_in(priya)  # each day anew
        assert LOST not in browser.get(f"/referrals/{referral.public_id}/move/?do=withdraw").text
        press(browser, referral, outcome)
        clock.shift(DAY)
    browser = sign_in(priya)
    assert LOST in browser.get(f"/referrals/{referral.public_id}/move/?do=withdraw").text
    assert "3 tries without reaching the patient: by phone." in browser.get(f"/referrals/{referral.public_id}/").text
    press(browser, referral, "calls_back")
    assert len(actions.left_before_closing(referral)) > 1


def test_nobody_picks_up_is_a_try_on_the_card_of_the_next_step_too(accepted, priya, sign_in):
    referral, browser = in_status(accepted, "no_show"), sign_in(priya)
    page = one_line(browser.get(f"/referrals/{referral.public_id}/").text)
    card = re.search(r'class="card next-card".*?</section>', page)[0]
    given = dict(re.findall(r'<input type="hidden" name="(do|saw|whom|outcome)" value="([^"]*)"', card))
    assert browser.post(f"/referrals/{referral.public_id}/move/", given).status_code == 302
    assert len(actions.tries_of(referral)) == 1


def test_an_urgent_one_is_tried_again_within_its_time(accepted, priya):
    Referral.objects.update(status="no_show", urgency=Urgency.URGENT)
    actions.log_call(accepted, whom=Whom.PATIENT, outcome="no_answer", by=priya)
    assert Referral.objects.get().next_check_at == NOON + timedelta(hours=1)


# Before the day -------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["does not know", "cannot come"])
def not_settled(request, accepted, priya):
    """An appointment in three days of which no mail tells the patient, or that they cannot keep."""
    accepted.patient.email = ""
    accepted.patient.save()
    starts_at = NOON + 3 * DAY
    made = actions.give_appointment(accepted, starts_at=starts_at, time_zone="America/New_York", by=priya)
    if request.param == "cannot come":
        actions.patient_told(accepted, by=priya)
        actions.patient_answers(accepted, number=made.pk, comes=False)
    accepted.refresh_from_db()
    return accepted


def test_nothing_puts_the_look_past_a_day_that_is_not_settled(not_settled, priya):
    last = NOON + 3 * DAY - timedelta(hours=2)
    with pytest.raises(actions.NotYet, match=r"cannot come, or does not know of the day: look again by Friday"):
        actions.set_next_check(not_settled, at=NOON + 4 * DAY, by=priya)
    with pytest.raises(actions.NotYet, match="look again by Friday"):
        actions.log_call(not_settled, outcome="on_it", at=NOON + 4 * DAY, by=priya)
    result = actions.put_off_many([not_settled.public_id], day=(NOON + 5 * DAY).date(), words="Away.", by=priya)
    assert result.done == []
    calls = step_of(Referral.objects.get()).calls
    card = call_card(Referral.objects.get(), calls=calls, saw=0)
    assert all(NOON < came.again <= last for came in card.outcomes)
    for outcome in CameOf:
        actions.log_call(not_settled, whom=calls, outcome=outcome, by=priya)
        assert NOON < Referral.objects.get().next_check_at <= last, outcome


@pytest.mark.parametrize("hours", [1, 20])
def test_a_try_shortly_before_the_day_is_repeated_before_it(not_settled, priya, clock, hours):
    starts_at = NOON + 3 * DAY
    clock.move_to(starts_at - timedelta(hours=hours))
    Referral.objects.update(next_check_at=timezone.now() - timedelta(minutes=1))
    actions.tried(not_settled, channel="phone", reached=False, by=priya)
    assert timezone.now() < Referral.objects.get().next_check_at <= starts_at


def test_once_the_patient_knows_the_look_may_be_after_the_day(accepted, priya):
    accepted.patient.email = ""
    accepted.patient.save()
    actions.give_appointment(accepted, starts_at=NOON + 3 * DAY, time_zone="America/New_York", by=priya)
    actions.patient_told(accepted, by=priya)
    actions.set_next_check(accepted, at=NOON + 4 * DAY, by=priya)
    assert Referral.objects.get().next_check_at == NOON + 4 * DAY


# While it waits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", WaitsFor)
def test_an_office_is_not_asked_to_go_on_with_what_waits(accepted, priya, what):
    Referral.objects.update(status="sent")
    waits = actions.wait_for(accepted, what=what, until=NOON + 3 * DAY, by=priya)
    assert to_say(waits) == WE_WAIT[what]
    card = call_card(waits, calls="", saw=0)
    asks_patient = what == WaitsFor.CONSENT
    assert card.calls == ("patient" if asks_patient else "office")
    assert ("Do you agree" in card.say) is asks_patient
    assert "do you take" not in card.say
