"""A referral that waits says for what and until when; one whose patient nobody reaches ends after enough tries."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.messages.models import Message
from intake.models import DeskTask
from referrals import moves as actions
from referrals.models import Referral
from tests.referrals.moves.test_undelivered import step_of, the_post_goes
from tests.referrals.told.house import NOON, OFFICE

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def waits(referral, priya, *, what="coverage", days=3, **more):
    return actions.wait_for(referral, what=what, until=timezone.now() + days * DAY, by=priya, **more)


# What it waits for ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "title", "late"),
    [
        ("consent", "Wait for the patient's consent", "Ask again: the patient's consent has not come"),
        ("coverage", "Wait for coverage or an authorization", "Ask again: coverage is not settled"),
        ("data", "Wait for papers or results", "Ask again: papers or results have not come"),
    ],
)
def test_the_list_says_for_what_it_waits_and_raises_it_when_the_date_is_over(
    draft, priya, sign_in, clock, what, title, late
):
    waits(draft, priya, what=what)
    for days, said, overdue in ((0, title, False), (4, late, True)):
        clock.move_to(NOON + days * DAY)
        browser = sign_in(priya)
        assert step_of(Referral.objects.get()).title == said
        assert said in unescape(browser.get("/referrals/").text)
        assert (said in unescape(browser.get("/referrals/?show=overdue").text)) is overdue
        assert Referral.objects.overdue(timezone.now()).exists() is overdue


def test_nothing_is_sent_before_somebody_says_what_came(chosen, priya):
    referral = waits(chosen, priya, what="consent", words="Asked her by phone.")
    with pytest.raises(actions.NotYet, match=r"Say first what came"):
        actions.send(referral, by=priya)
    with pytest.raises(actions.NotYet, match=r"Say what came"):
        actions.it_came(referral, words=" ", by=priya)
    again = actions.it_came(referral, words="She agreed by phone.", by=priya)
    assert (again.waits_for, again.next_check_at < NOON + 3 * DAY) == ("", True)
    assert [(line.what, line.note) for line in again.moves.order_by("pk")][-2:] == [
        ("waits", "The patient's consent. Asked her by phone."),
        ("came", "The patient's consent. She agreed by phone."),
    ]
    assert actions.send(again, by=priya).status == "sent"


def test_a_move_is_another_next_step_and_ends_the_wait(sent, priya):
    waits(sent, priya)
    assert actions.office_accept(Referral.objects.get(), office=OFFICE).waits_for == ""


def test_what_has_ended_waits_for_nothing(sent, priya):
    waits(sent, priya)
    assert actions.withdraw(Referral.objects.get(), reason="not_needed", by=priya).waits_for == ""
    with pytest.raises(actions.MoveNotAllowed):
        waits(Referral.objects.get(), priya)
    with pytest.raises(IntegrityError, match="only_an_open_referral_waits"), transaction.atomic():
        Referral.objects.update(waits_for="data")


def test_the_forms_of_the_desk(chosen, priya, sign_in):
    desk, address = sign_in(priya), f"/referrals/{chosen.public_id}/"
    saw = actions.newest_line(chosen)
    press = {"do": "wait", "saw": saw, "what": "data", "day": "2027-09-30", "at": "09:00", "words": "The scan of May."}
    wrong = desk.post(f"{address}move/", press)
    assert (wrong.status_code, "up to 90 days ahead" in wrong.text, "The scan of May." in wrong.text) == (
        422,
        True,
        True,
    )
    assert desk.post(f"{address}move/", press | {"day": "2027-03-05"}).status_code == 302
    page = desk.get(address).text
    assert "Wait for papers or results" in page
    assert "?do=came" in page
    came = {"do": "came", "saw": actions.newest_line(chosen), "words": "The scan is here."}
    assert desk.post(f"{address}move/", came).status_code == 302
    assert "Send the letter" in desk.get(address).text


# Reaching the patient -------------------------------------------------------------------------------------------------


def tries(referral, priya, clock, *channels):
    for channel in channels:
        actions.tried(Referral.objects.get(pk=referral.pk), channel=channel, reached=False, by=priya)
        clock.shift(DAY)


@pytest.mark.parametrize(
    ("channels", "left"),
    [
        ((), ["3 more of 3 tries", "a try on another day", "a try by phone", "a try by email"]),
        (("phone",), ["2 more of 3 tries", "a try on another day", "a try by email"]),
        (("phone", "phone", "phone"), ["a try by email"]),
        (("phone", "email", "phone"), []),
    ],
)
def test_it_may_end_for_lost_contact_after_the_steps_of_a_case(accepted, priya, clock, sign_in, channels, left):
    tries(accepted, priya, clock, *channels)
    assert actions.left_before_closing(accepted) == left
    page = sign_in(priya).get(f"/referrals/{accepted.public_id}/move/?do=withdraw").text
    assert ('value="lost_contact"' in page) is (not left)
    if left:
        with pytest.raises(actions.NotYet, match=left[0]):
            actions.withdraw(accepted, reason="lost_contact", by=priya)


def test_whoever_was_spoken_with_begins_the_count_anew(accepted, priya, clock):
    tries(accepted, priya, clock, "phone", "email", "phone")
    assert actions.left_before_closing(accepted) == []
    actions.tried(accepted, channel="phone", reached=True, by=priya)
    assert len(actions.left_before_closing(accepted)) == 4


def test_a_try_that_failed_names_the_next_and_is_written_down_once(accepted, priya, sign_in):
    Referral.objects.update(status="no_show")
    desk, address = sign_in(priya), f"/referrals/{accepted.public_id}/"
    press = {
        "do": "tried",
        "saw": actions.newest_line(accepted),
        "channel": "letter",
        "outcome": "reached",
        "words": "",
    }
    wrong = desk.post(f"{address}move/", press)
    assert (wrong.status_code, "What is written reaches nobody yet" in wrong.text) == (422, True)
    for _twice in range(2):
        assert desk.post(f"{address}move/", press | {"outcome": "message"}).status_code == 302
    [line] = accepted.moves.filter(what="tried")
    assert (line.channel, line.by) == ("letter", priya)
    after = accepted.location.opening_hours.opening_on_a_later_day(NOON)
    assert Referral.objects.get().next_check_at == after
    page = desk.get(address).text
    assert "1 try without reaching the patient: by letter." in page
    assert "2 more of 3 tries" in page


def test_a_try_takes_no_nearer_date_of_the_office(sent, priya):
    soon = NOON + timedelta(hours=3)
    Referral.objects.update(next_check_at=soon)
    actions.tried(Referral.objects.get(), channel="phone", reached=False, by=priya)
    assert Referral.objects.get().next_check_at == soon


@pytest.mark.parametrize("address", ["", "graciela@patients.example"])
def test_the_therapist_hears_and_the_patient_by_mail_else_by_the_desk(
    accepted, priya, maya, clock, post_office, address
):
    the_post_goes()
    accepted.patient.email = address
    accepted.patient.save()
    tries(accepted, priya, clock, "phone", "email", "phone")
    actions.withdraw(Referral.objects.get(), reason="lost_contact", by=priya)
    before = post_office.recipients.copy()
    the_post_goes()
    told = post_office.recipients - before
    assert told[maya.email] == 1
    if address:
        assert told[address] == 1
    else:
        assert DeskTask.objects.get().what == "write"
    assert Message.objects.filter(kind="referral_lost", status="sent").exists()
