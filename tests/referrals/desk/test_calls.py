"""A call is logged from the row or the page: one press says what came of it, and the next day follows from that."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from intake.models import Urgency
from referrals import moves as actions
from referrals.desk.calls import call_card
from referrals.models import CameOf, Referral
from referrals.moves.calls import look_again
from referrals.moves.schedule import morning_of
from tests import factories
from tests.source import one_line


def form_in(words: str) -> dict[str, str]:
    """Return what the form of a call posts besides its button, read from the page it stands on."""
    form = words[words.index('class="call-log"') :].split("</form>")[0]
    return dict(re.findall(r'name="(do|saw|whom|from)" value="([^"]*)"', form))


@pytest.mark.parametrize("outcome", CameOf)
def test_one_press_in_the_row_logs_the_call_and_leads_back_to_the_list(sent, desk, priya, outcome):
    listed = one_line(desk.get("/referrals/?status=sent").text)
    assert f'popovertarget="call-{sent.reference}"' in listed
    assert sent.specialist.phone in listed
    given = form_in(listed)
    answer = desk.post(f"/referrals/{sent.public_id}/move/", given | {"outcome": outcome, "words": "", "day": ""})
    assert answer.status_code == 302
    assert answer.url == "/referrals/?show=open&status=sent"
    before = timezone.now()
    sent.refresh_from_db()
    line = sent.moves.last()
    assert (line.what, line.by, line.channel) == ("phone", priya, ""), "the patient was not spoken with"
    assert line.note.startswith(f"{outcome.label}.")
    assert line.came_of == outcome, "what came of calls can be counted"
    assert line.due_at == Referral.objects.get().next_check_at
    assert abs(sent.next_check_at - look_again(sent, outcome, before)) < timedelta(minutes=1)
    assert sent.next_check_at > before


def test_on_the_page_of_the_referral_it_stands_with_number_and_what_to_say(sent, desk):
    words = html.unescape(one_line(desk.get(f"/referrals/{sent.public_id}/").text))
    assert "Has it arrived, and do you take the patient?" in words
    assert f"Our number {sent.reference}" in words
    given = form_in(words)
    assert "from" not in given
    day = (timezone.now() + timedelta(days=9)).date()
    answer = desk.post(
        f"/referrals/{sent.public_id}/move/",
        given | {"outcome": "calls_back", "words": "Ellen asks the doctor.", "day": day.isoformat()},
    )
    assert answer.url == f"/referrals/{sent.public_id}/"
    sent.refresh_from_db()
    assert sent.next_check_at.astimezone(sent.location.zone).date() == day
    assert "Ellen asks the doctor." in sent.moves.last().note


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(sent, desk):
    given = form_in(one_line(desk.get("/referrals/").text))
    at = f"/referrals/{sent.public_id}/move/"
    wrong = desk.post(at, given | {"words": "Ellen asks.", "day": "2020-01-01"})
    words = html.unescape(wrong.text)
    assert wrong.status_code == 422
    for part in ("Choose what came of it.", "Choose a day after today.", "Ellen asks.", 'name="from" value="list"'):
        assert part in words, part
    actions.note(sent, words="I phoned them.", by=sent.owner)
    behind = desk.post(at, given | {"outcome": "message", "words": "Ellen asks."})
    assert behind.status_code == 409
    assert "Ellen asks." in behind.text
    assert sent.moves.filter(what="phone").count() == 0


def test_an_urgent_one_comes_back_in_its_time_whatever_came_of_the_call(sent, priya):
    Referral.objects.filter(pk=sent.pk).update(urgency=Urgency.URGENT)
    sent.refresh_from_db()
    now = timezone.now()
    last = sent.location.opening_hours.after_open_time(now, timedelta(hours=4))
    for outcome in CameOf:
        assert look_again(sent, outcome, now) <= last, outcome
    for act in (
        lambda at: actions.log_call(sent, outcome="message", at=at, by=priya),
        lambda at: actions.set_next_check(sent, at=at, by=priya),
    ):
        with pytest.raises(actions.NotYet, match="look again by"):
            act(now + timedelta(days=6))
    assert sent.moves.filter(what__in=["phone", "next_date"]).count() == 0


def test_nobody_is_named_to_an_office_and_the_patient_is_called_where_that_helps(sent, draft, priya):
    card = call_card(sent, calls="", saw=0)
    assert card.whom == sent.specialist.practice
    assert sent.patient.last_name not in card.say
    assert call_card(sent, calls="patient", saw=0).phone == sent.patient.phone
    ended = actions.withdraw(sent, reason="not_needed", by=priya)
    assert call_card(ended, calls="", saw=0) is None


# Many at once ---------------------------------------------------------------------------------------------------------


def test_who_is_handed_many_gets_one_mail_that_counts(sent, location, maya, priya, ruth):
    other = factories.referral(
        after=factories.decision(on=factories.case(at=location, acknowledged_by=maya), by=maya), owner=priya
    )
    ended = actions.withdraw(
        factories.referral(
            after=factories.decision(on=factories.case(at=location, acknowledged_by=maya), by=maya), owner=priya
        ),
        reason="not_needed",
        by=priya,
    )
    chosen = [one.public_id for one in (sent, other, ended)]
    result = actions.hand_over_many(chosen, to=ruth, by=priya, words="I am away.")
    assert set(result.done) == {sent, other}
    assert result.left == [(ended, "it has ended")]
    assert set(Referral.objects.filter(owner=ruth)) == {sent, other}
    mail = Message.objects.get(recipient=ruth.email)
    subject, body = KINDS[mail.kind].render(mail)
    assert subject == f"{location}: 2 referrals are yours now"
    assert sent.patient.last_name not in body
    assert actions.hand_over_many(chosen, to=ruth, by=priya).done == []


def test_many_are_put_off_for_a_reason_and_what_is_urgent_stays(sent, location, maya, priya):
    urgent = factories.referral(
        after=factories.decision(on=factories.case(at=location, acknowledged_by=maya), by=maya), owner=priya,
        urgency=Urgency.URGENT,
    )  # fmt: skip
    day, before = (timezone.now() + timedelta(days=6)).date(), urgent.next_check_at
    chosen = [sent.public_id, urgent.public_id]
    with pytest.raises(actions.NotYet, match="why"):
        actions.put_off_many(chosen, day=day, words=" ", by=priya)
    result = actions.put_off_many(chosen, day=day, words="The office is closed.", by=priya)
    assert result.done == [sent]
    [(left, why)] = result.left
    assert left == urgent
    assert "look again by" in why
    sent.refresh_from_db()
    urgent.refresh_from_db()
    assert (sent.next_check_at, urgent.next_check_at) == (morning_of(day, sent.location.zone), before)
    assert sent.moves.last().note == "The office is closed."


@pytest.fixture
def far_away(other_location, olga, priya):
    """A referral at a location of another time zone, where Priya works too."""
    priya.locations.add(other_location)
    case = factories.case(at=other_location, acknowledged_by=olga)
    return factories.referral(after=factories.decision(on=case, by=olga), owner=priya)


def test_the_morning_is_that_of_each_location(sent, far_away, priya):
    day = (timezone.now() + timedelta(days=6)).date()
    actions.put_off_many([sent.public_id, far_away.public_id], day=day, words="A holiday.", by=priya)
    for one in Referral.objects.all():
        local = one.next_check_at.astimezone(one.location.zone)
        assert (local.date(), local.hour, local.minute) == (day, 9, 0), one.location


LATE_IN_DENVER = datetime(2027, 3, 3, 5, 0, tzinfo=UTC)  # the third in New York, the second in Denver


def test_a_day_that_is_to_come_is_one_at_every_location(sent, far_away, sign_in, priya):
    given = {"do": "put-off", "chosen": [sent.public_id, far_away.public_id], "words": "A holiday."}
    with time_machine.travel(LATE_IN_DENVER):
        desk = sign_in(priya)
        assert "Choose a day after today" in desk.post("/referrals/many/", given | {"day": "2027-03-03"}).text
        there = given | {"chosen": [far_away.public_id]}
        assert desk.post("/referrals/many/", there | {"day": "2027-03-03"}).status_code == 302
        assert desk.post("/referrals/many/", given | {"day": "2027-03-04"}).status_code == 302


@pytest.mark.parametrize("do", ["put-off", "hand-over"])
def test_what_moved_since_it_was_ticked_is_left_and_named(sent, location, maya, priya, ruth, sign_in, do):
    other, ended = (
        factories.referral(
            after=factories.decision(on=factories.case(at=location, acknowledged_by=maya), by=maya), owner=priya
        )
        for _ in range(2)
    )
    chosen, desk = [sent.public_id, other.public_id, ended.public_id], sign_in(priya)
    page = one_line(desk.get("/referrals/many/", {"do": do, "chosen": chosen}).text)
    seen = dict(re.findall(r'name="(saw-[^"]*)" value="([^"]*)"', page))
    assert len(seen) == 3
    actions.note(sent, words="They have a day for her.", by=ruth)
    actions.withdraw(ended, reason="not_needed", by=priya)
    day = (timezone.now() + timedelta(days=6)).date()
    given = seen | {"do": do, "chosen": chosen, "day": day, "to": ruth.pk, "words": "A holiday."}
    said = html.unescape(one_line(desk.post("/referrals/many/", given, follow=True).text))
    assert "1 referral is" in said
    assert f"{sent.reference}. Somebody moved it since you ticked it." in said
    assert f"{ended.reference}. " in said
    assert [one.moves.filter(note__contains="A holiday.").count() for one in (sent, other, ended)] == [0, 1, 0]
    if do == "put-off":  # pressed twice
        said = html.unescape(one_line(desk.post("/referrals/many/", given, follow=True).text))
        assert "1 referral is put off." in said
        assert other.moves.filter(note="A holiday.").count() == 1
