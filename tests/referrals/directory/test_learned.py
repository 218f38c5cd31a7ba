"""What offices did before, read from the moves of real referrals: within bounds, and of each office its own."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals import moves as actions
from referrals.directory import ranking
from referrals.directory.learned import LOOKED_BACK, NEWEST, Sending, sendings_to
from referrals.models import ReferralMove
from tests import factories

MONDAY = datetime(2027, 3, 1, 12, 0, tzinfo=ZoneInfo("America/New_York"))
DAY = timedelta(days=1)
OFFICE = "Ellen Park, RN"


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def sendings(*listings):
    return sendings_to([one.pk for one in listings], timezone.now())


def test_a_whole_course_is_read_as_days_from_the_sending(clock, sent, neurologist, priya):
    clock.shift(2 * DAY)
    actions.office_accept(sent, office=OFFICE)
    actions.give_appointment(sent, starts_at=MONDAY + 9 * DAY, time_zone="America/New_York", office=OFFICE)
    assert sendings(neurologist)[neurologist.pk] == [Sending(2.0, False, None, False)], "answered, not seen yet"
    clock.shift(10 * DAY)
    actions.seen(sent, by=priya)
    assert sendings(neurologist)[neurologist.pk] == [Sending(2.0, False, 9.0, False)], "on the day of the appointment"
    clock.shift(5 * DAY)
    actions.receive_report(sent, words="Better.", sent_by=OFFICE, office=OFFICE)
    assert sendings(neurologist)[neurologist.pk] == [Sending(2.0, False, 9.0, True)]


def test_a_visit_that_was_taken_back_is_none(clock, accepted, neurologist, priya):
    actions.give_appointment(accepted, starts_at=MONDAY + 2 * DAY, time_zone="America/New_York", office=OFFICE)
    clock.shift(2 * DAY)
    actions.seen(accepted, by=priya)
    actions.note(accepted, words="Her sister called.", by=priya)
    actions.undo(accepted, by=priya)
    assert sendings(neurologist)[neurologist.pk] == [Sending(0.0)], "said by mistake"
    clock.shift(1 * DAY)
    actions.give_appointment(accepted, starts_at=MONDAY + 5 * DAY, time_zone="America/New_York", office=OFFICE)
    clock.shift(3 * DAY)
    actions.seen(accepted, by=priya)
    assert sendings(neurologist)[neurologist.pk] == [Sending(0.0, days_to_visit=5.0)]
    actions.undo(accepted, by=priya)
    actions.no_show(accepted, by=priya)
    assert sendings(neurologist)[neurologist.pk] == [Sending(0.0)]


@pytest.mark.parametrize(("reason", "days"), [("no_answer", None), ("not_in_time", 9.0), ("plan", 9.0)])
def test_that_nobody_answers_is_no_answer(clock, sent, neurologist, priya, reason, days):
    clock.shift(9 * DAY)
    actions.office_decline(sent, reason=reason, by=priya)
    [one] = sendings(neurologist)[neurologist.pk]
    assert one.days_to_answer == days


def test_each_office_has_its_own_even_of_one_referral(clock, sent, neurologist, priya):
    clock.shift(1 * DAY)
    actions.office_decline(sent, reason="not_taking", office=OFFICE)
    actions.redirect(sent, by=priya)
    other = factories.specialist(name="Second Office")
    actions.choose(sent, other, choice="suggested", because="next", by=priya)
    actions.prepare_letter(sent, consent="agreed", by=priya)
    actions.send(sent, by=priya)
    clock.shift(4 * DAY)
    actions.office_accept(sent, office=OFFICE)
    assert sendings(neurologist, other) == {
        neurologist.pk: [Sending(1.0, declined=True)],
        other.pk: [Sending(4.0)],
    }


@pytest.mark.parametrize(("reason", "counts"), [("not_in_time", True), ("no_answer", True), ("plan", False)])
def test_a_decline_that_speaks_of_the_patient_does_not_speak_of_the_office(clock, sent, neurologist, reason, counts):
    actions.office_decline(sent, reason=reason, office=OFFICE)
    [one] = sendings(neurologist)[neurologist.pk]
    assert one.declined is counts


def sent_often(referral, listing, times, by, at=None):
    """Write down that it was sent there many times, and accepted each time."""
    what = [ReferralMove.What.SENT, ReferralMove.What.ACCEPTED] * times
    made = ReferralMove.objects.bulk_create(
        ReferralMove(referral=referral, what=one, from_status="sent", to_status="sent", to=listing, by=by)
        for one in what
    )
    return made


def test_only_the_newest_count_and_the_question_does_not_grow(clock, sent, neurologist, priya):
    """However many there were before, as many rows are read of the index, and in one question."""
    sent_often(sent, neurologist, 200, priya)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = sendings(neurologist)
    assert len(found[neurologist.pk]) == NEWEST
    assert len(asked) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {asked[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "referral_move_sent_to" in plan
    clock.shift(LOOKED_BACK + DAY)
    assert sendings(neurologist)[neurologist.pk] == []


def test_the_short_list_asks_as_often_for_many_as_for_one(clock, draft, sent, priya):
    def count():
        with CaptureQueriesContext(connection) as asked:
            ranking.ranked(draft)
        return len(asked)

    before = count()
    for number in range(20):
        sent_often(sent, factories.specialist(name=f"Office {number}"), 3, priya)
    assert count() == before


def test_the_short_list_says_what_was_learned(clock, draft, sent, neurologist, priya):
    clock.shift(2 * DAY)
    actions.office_accept(sent, office=OFFICE)
    clock.shift(7 * DAY)
    actions.give_appointment(sent, starts_at=timezone.now() + DAY, time_zone="America/New_York", office=OFFICE)
    clock.shift(2 * DAY)
    actions.seen(sent, by=priya)
    [choice] = [one for one in ranking.ranked(draft) if one.specialist == neurologist]
    assert "first visit in about 10 days, by 1 of ours" in choice.reasons
    assert "answers in about 2 days" in choice.reasons
    assert [fit.words for fit in choice.fits if fit.column == "First visit"] == ["about 10 days"]
