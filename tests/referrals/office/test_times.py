"""An office proposes times and the desk takes one; the office says how the day went, and reads who answered what."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.links.models import Link
from clinic.messages.models import Message
from referrals import moves as actions
from referrals.desk.page import known_of, next_step
from referrals.models import Referral
from tests.referrals.office.conftest import answering, here
from tests.referrals.status_page import Page
from tests.source import one_line

DAYS = (5, 6, 8)


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


@pytest.fixture
def accepted_room(room, sent):
    actions.office_accept(sent, office="Ellen Park, RN")
    return room


def answer(browser, name, **given):
    seen = re.search(r'name="saw" value="(\d+)"', browser.get(answering(name)).content.decode())[1]
    return browser.post(answering(name), {"saw": seen, **given})


def ahead(*days) -> dict:
    """Return the fields of a time on each of these days from now."""
    found = {}
    for number, day in zip(("", "_2", "_3"), days, strict=False):
        on = timezone.localdate() + timedelta(days=day)
        found |= {f"day{number}": on.isoformat(), f"at{number}": "14:30"}
    return found


def mails(kind):
    return Message.objects.filter(kind=kind)


def presses(desk, name, **given):
    page = desk.get(f"/referrals/{Referral.objects.get().public_id}/move/?do={name}").content.decode()
    seen = re.search(r'name="saw" value="(\d+)"', page)[1]
    return desk.post(f"/referrals/{Referral.objects.get().public_id}/move/", {"do": name, "saw": seen, **given})


def test_of_three_times_the_desk_takes_one_and_the_patient_hears_of_that_alone(accepted_room, desk, sent):
    assert answer(accepted_room, "times", **ahead(*DAYS), instructions="Bring shoes.").status_code == 302
    assert "Times you proposed" in accepted_room.get(here()).content.decode()
    assert "You proposed times. The clinic asks" in accepted_room.get("/office/").content.decode()
    referral = Referral.objects.get()
    assert referral.news_at
    assert not mails("appointment_made").exists()
    page = one_line(desk.get(f"/referrals/{sent.public_id}/").content.decode())
    assert "Take one of the times the office proposes" in page
    assert page.count("2:30 PM") >= 3
    assert "Which day and time can you give?" not in page, "the office has just said"
    status = Page(sent.patient).html
    assert "2:30" not in status, "what is proposed is no appointment"

    chosen = referral.standing_times[1]
    assert presses(desk, "take-time", time=chosen.pk).status_code == 302
    referral.refresh_from_db()
    assert (referral.status, referral.standing_appointment.starts_at) == ("scheduled", chosen.starts_at)
    assert referral.standing_appointment.instructions == "Bring shoes."
    assert referral.times_proposed_at is None
    page = one_line(desk.get(f"/referrals/{sent.public_id}/").content.decode())
    assert "Given by Ellen Park, RN. It stands since" in page, "the desk only took it"
    card = re.search(r'id="answered".*?</section>', one_line(accepted_room.get(here()).content.decode()))[0]
    assert "Time taken by the clinic: Priya Nair, <time" in card
    assert mails("appointment_made").count() == 1
    assert mails("times_answered").get().recipient == referral.specialist.email
    words = accepted_room.get(here()).content.decode()
    assert "Times you proposed" not in words
    assert "2:30 PM" in words


def test_the_desk_asks_for_others_and_the_office_reads_which(accepted_room, desk):
    answer(accepted_room, "times", **ahead(5))
    assert presses(desk, "other-times", words="").status_code == 422
    assert presses(desk, "other-times", words="Only in the mornings.").status_code == 302
    assert Referral.objects.get().standing_times == []
    words = one_line(accepted_room.get(here()).content.decode())
    assert "Asks for other times: <bdi>Only in the mornings.</bdi>" in words
    assert mails("times_answered").count() == 1
    answer(accepted_room, "times", **ahead(6))
    assert len(Referral.objects.get().standing_times) == 1


def test_new_ones_replace_those_before_and_a_day_that_is_given_ends_them(accepted_room, priya):
    answer(accepted_room, "times", **ahead(*DAYS))
    before = Referral.objects.get().standing_times
    answer(accepted_room, "times", **ahead(9))
    referral = Referral.objects.get()
    assert len(referral.standing_times) == 1
    with pytest.raises(actions.NotYet):
        actions.take_time(referral, before[0], by=priya)
    answer(accepted_room, "appointment", **ahead(7))
    assert Referral.objects.get().times_proposed_at is None


def test_a_question_takes_back_no_times(accepted_room, priya):
    answer(accepted_room, "times", **ahead(5))
    answer(accepted_room, "ask", words="Mornings?")
    actions.answer_question(Referral.objects.get(), words="Yes.", by=priya)
    assert len(Referral.objects.get().standing_times) == 1


def test_a_time_that_is_over_cannot_be_taken_and_the_desk_can_still_ask(accepted_room, priya):
    answer(accepted_room, "times", **ahead(5))
    proposed = Referral.objects.get().standing_times[0]
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        referral = Referral.objects.get()
        with pytest.raises(actions.NotYet):
            actions.take_time(referral, proposed, by=priya)
        step = next_step(referral, known_of([referral]))
        assert [button.name for button in step.buttons] == ["other-times"]


@pytest.mark.parametrize(
    "given",
    [
        {"day": "", "at": ""},
        ahead(5) | {"day_2": "2020-01-01", "at_2": "10:00"},
        ahead(5) | {"day_2": "2027-01-04"},
        ahead(5) | {"at_3": "10:00"},
        ahead(5, 5),
        ahead(5) | {"day_3": "9999-12-31", "at_3": "23:59"},
        ahead(5) | {"day_3": "0001-01-01", "at_3": "00:00"},
    ],
    ids=["none", "past", "no time", "no date", "twice", "far", "long ago"],
)
def test_times_that_cannot_be_are_refused_and_stay_typed(accepted_room, given):
    refused = answer(accepted_room, "times", **given, instructions="kept words")
    assert refused.status_code == 422
    assert "kept words" in refused.content.decode()
    assert not Referral.objects.get().proposed_times.exists()


def test_only_an_office_that_accepted_proposes(room, sent):
    assert room.get(answering("times")).status_code == 302
    with pytest.raises(actions.MoveNotAllowed):
        actions.propose_times(
            sent, times=[timezone.now() + timedelta(days=3)], time_zone="America/New_York", office="Ellen Park, RN"
        )
    with pytest.raises(IntegrityError, match="times_are_proposed"), transaction.atomic():
        Referral.objects.update(times_proposed_at=timezone.now())


def test_proposed_twice_as_it_is_is_done_once(accepted_room):
    seen = re.search(r'name="saw" value="(\d+)"', accepted_room.get(answering("times")).content.decode())[1]
    sent = {"saw": seen, **ahead(*DAYS)}
    assert [accepted_room.post(answering("times"), sent).status_code for _ in range(2)] == [302, 302]
    assert Referral.objects.get().proposed_times.count() == 3


@pytest.mark.parametrize("asked_for_others", [False, True], ids=["they stand", "the desk asked for others"])
def test_two_proposals_at_one_moment_are_refused_in_words(accepted_room, priya, sent, asked_for_others):
    """The moment tells which times stand: of two at one, the office and the desk would read six."""
    with time_machine.travel(timezone.now(), tick=False):
        answer(accepted_room, "times", **ahead(*DAYS))
        if asked_for_others:
            actions.ask_other_times(sent, words="Mornings.", by=priya)
        refused = answer(accepted_room, "times", **ahead(6))
    assert refused.status_code == 422
    assert "Other times were proposed at this very moment." in refused.content.decode()
    assert Referral.objects.get().proposed_times.count() == 3
    assert answer(accepted_room, "times", **ahead(6)).status_code == 302
    assert len(Referral.objects.get().standing_times) == 1


# The day, and what was answered ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "status"), [("came", "seen"), ("no-show", "no_show")])
def test_the_office_says_how_the_day_went_once_it_has_come(accepted_room, name, status):
    answer(accepted_room, "appointment", **ahead(2))
    assert accepted_room.get(answering(name)).status_code == 302, "not before"
    referral = Referral.objects.get()
    act = actions.seen if name == "came" else actions.no_show
    with pytest.raises(actions.NotYet):
        act(referral, office="Ellen Park, RN")
    referral.appointments.update(starts_at=timezone.now() - timedelta(hours=1))
    Referral.objects.update(news_at=None)
    assert answer(accepted_room, name, words="On time.").status_code == 302
    referral.refresh_from_db()
    assert (referral.status, referral.moves.last().office) == (status, "Ellen Park, RN")
    assert referral.news_at, "the desk hears"


def test_the_room_says_who_answered_what_when_and_until_when_it_opens(accepted_room, sent, priya):
    answer(accepted_room, "times", **ahead(5))
    actions.give_appointment(sent, starts_at=timezone.now() + timedelta(days=4), time_zone="America/New_York", by=priya)
    words = one_line(accepted_room.get(here()).content.decode())
    card = re.search(r'id="answered".*?</section>', words)[0]
    assert re.search(r"Accepted: Ellen Park, RN, <time", card)
    assert re.search(r"Times proposed: Ellen Park, RN, <time", card)
    assert "Appointment given: Priya Nair, written down by the clinic" in card
    ends = timezone.localtime(Link.objects.get(withdrawn_at=None).expires_at)
    assert f"opens until {ends:%B} {ends.day}, {ends.year}" in words
    assert "stays open on this device until" in words
