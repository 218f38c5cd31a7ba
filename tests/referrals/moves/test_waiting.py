"""A referral that waits says for what and until when; one whose patient nobody reaches ends after enough tries."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.messages.instead import look_after_late_mails, see_that_it_is_heard
from clinic.messages.models import Message
from intake.models import DeskTask, Patient, Urgency
from intake.review import actions as cases
from intake.review import desk_tasks, outcomes
from referrals import moves as actions
from referrals.models import Referral
from tests import factories
from tests.referrals.moves.test_undelivered import OLD, again, step_of, the_office_opens_it, the_post_goes
from tests.referrals.told.house import NOON, OFFICE, House

DAY = timedelta(days=1)
GRACIELA = "graciela@patients.example"


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


def test_an_office_that_opens_its_link_has_answered_nothing_yet(sent, priya):
    """What was waited for was gone from the list without a word of what came, and the far date stayed."""
    waits(sent, priya)
    opened = actions.office_opened(Referral.objects.get(), office=OFFICE)
    assert (opened.status, opened.waits_for, opened.next_check_at) == ("opened", "coverage", NOON + 3 * DAY)
    assert actions.it_came(opened, words="A-17.", by=priya).waits_for == ""


@pytest.mark.parametrize("waits_first", [True, False])
@pytest.mark.parametrize("does", [again, the_office_opens_it])
def test_a_mail_that_did_not_arrive_leaves_the_date_of_the_wait(sent, priya, post_office, does, waits_first):
    """Its date became that of its status, and "Ask again" stood in the list days too early or too late."""
    if waits_first:
        waits(sent, priya)
    post_office.refuse[OLD] = "550 no such person"
    the_post_goes()
    assert Referral.objects.get().next_check_at == NOON + timedelta(hours=1)
    if not waits_first:
        waits(sent, priya)
    does(Referral.objects.get(), priya)
    after = Referral.objects.get()
    assert (after.undelivered_at, after.waits_for, after.next_check_at) == (None, "coverage", NOON + 3 * DAY)


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY])
def test_what_presses_waits_no_longer_than_its_step_may_take(chosen, priya, sign_in, urgency):
    """Whatever is missing: everywhere else the date of an urgent one could not be put off for days."""
    Referral.objects.update(urgency=urgency)
    with pytest.raises(actions.NotYet, match="look again by"):
        waits(Referral.objects.get(), priya)
    press = {"do": "wait", "saw": actions.newest_line(chosen), "what": "data", "day": "2027-03-05", "at": "09:00"}
    wrong = sign_in(priya).post(f"/referrals/{chosen.public_id}/move/", press | {"words": "The scan of May."})
    assert wrong.status_code == 422
    [error] = wrong.context["form"].errors["day"]
    assert "look again by" in error
    assert "The scan of May." in wrong.text
    assert waits(Referral.objects.get(), priya, days=1 / 48).waits_for == "coverage"


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


# Nobody reached them --------------------------------------------------------------------------------------------------

ASKED = "Ask them to call us"


@pytest.fixture
def decided(location, maya, priya, clock, settings):
    """`decided(address)` is the referral of a decision that Maya has made, and of which the patient was told."""
    others = dict.fromkeys(("elsewhere", "daniel", "ruth", "olga"))
    house = House(clock, settings, location=location, maya=maya, priya=priya, **others)

    def make(address) -> Referral:
        case = house.taken()
        Patient.objects.update(email=address)
        referral = actions.refer(house.decides(case, refer=True), by=maya)
        the_post_goes()
        for task in DeskTask.objects.waiting():
            assert "a therapist has decided" in task.words
            desk_tasks.finish(task, by=priya)
        return referral

    return make


def lost(referral, priya, clock):
    tries(referral, priya, clock, "phone", "email", "phone")
    return actions.withdraw(Referral.objects.get(pk=referral.pk), reason="lost_contact", by=priya)


def asked_by_mail(post_office) -> int:
    return sum(mail["X-Message-Key"].startswith("referral_not_reached:") for mail in post_office.mails)


def waiting_to_be_asked() -> list:
    return [(task.words, task.due_on) for task in DeskTask.objects.waiting()]


def in_a_day(location) -> tuple:
    due = location.opening_hours.after_working_days(timezone.now(), 1)
    return outcomes.TO_TELL["not_reached"], due.astimezone(location.zone).date()


@pytest.mark.parametrize("address", ["", GRACIELA])
def test_the_therapist_hears_and_the_patient_by_mail_else_by_the_desk(
    decided, location, priya, maya, clock, post_office, address
):
    """Each time it ends so: the desk has told them of the decision by a line that was done long ago."""
    referral = decided(address)
    for number in (1, 2):
        ended = lost(referral, priya, clock)
        the_post_goes()
        assert asked_by_mail(post_office) == (number if address else 0)
        assert waiting_to_be_asked() == ([] if address else [in_a_day(location)])
        assert Message.objects.filter(kind="referral_lost", recipient=maya.email, status="sent").count() == number
        for task in DeskTask.objects.waiting():
            assert desk_tasks.finish(task, by=priya, words="I wrote a letter.")
        actions.reopen(ended, by=priya)


@pytest.mark.parametrize("way", ["no address", "refused", "not wanted", "late"])
def test_what_the_mail_does_not_tell_them_the_desk_does_once(decided, location, priya, clock, post_office, way):
    referral = decided(GRACIELA)
    ended = lost(referral, priya, clock)
    if way == "no address":
        Patient.objects.update(email="")
    elif way == "refused":
        post_office.refuse[GRACIELA] = "550 no such mailbox"
    elif way == "not wanted":
        factories.consent(referral.case.intake, "email", agreed=False)
    else:
        look_after_late_mails()
        assert waiting_to_be_asked() == [], "a mail may take a while"
        clock.shift(DAY + timedelta(minutes=1))
        look_after_late_mails()
    if way != "late":
        the_post_goes()
    assert waiting_to_be_asked() == [in_a_day(location)]
    desk_tasks.finish(DeskTask.objects.waiting().get(), by=priya, words="I wrote a letter.")
    see_that_it_is_heard(Message.objects.get(kind="referral_not_reached"))
    assert waiting_to_be_asked() == []
    assert ended.end_reason == "lost_contact"


@pytest.mark.parametrize("arrives", [True, False])
def test_they_are_asked_to_call_though_their_case_is_open_again(decided, priya, maya, clock, post_office, arrives):
    """The case is another matter: its page tells them nothing of the referral that ended."""
    referral = decided(GRACIELA)
    cases.reopen(referral.case, by=maya, words="I forgot the knee.")
    if not arrives:
        post_office.refuse[GRACIELA] = "550 no such mailbox"
    lost(referral, priya, clock)
    the_post_goes()
    assert asked_by_mail(post_office) == arrives
    assert [ASKED in words for words, _due in waiting_to_be_asked()] == ([] if arrives else [True])


def test_a_case_that_is_opened_again_leaves_the_line_that_asks_them_to_call(decided, location, priya, maya, clock):
    """The line that tells of the decision goes with the decision; that they be asked to call stays."""
    referral = decided("")
    DeskTask.objects.update(done_at=None, done_by=None)
    lost(referral, priya, clock)
    cases.reopen(referral.case, by=maya, words="I forgot the knee.")
    [(words, _due)] = waiting_to_be_asked()
    assert words == in_a_day(location)[0]


@pytest.mark.parametrize("address", ["", GRACIELA])
def test_nobody_is_asked_to_call_once_it_is_taken_up_again(decided, priya, clock, post_office, address):
    actions.reopen(lost(decided(address), priya, clock), by=priya)
    assert waiting_to_be_asked() == []
    the_post_goes()
    look_after_late_mails()
    assert (asked_by_mail(post_office), waiting_to_be_asked()) == (0, [])


def test_a_line_that_still_waits_tells_them_both(decided, location, priya, clock):
    referral = decided("")
    DeskTask.objects.update(done_at=None, done_by=None)
    before = DeskTask.objects.get()
    ended = lost(referral, priya, clock)
    both = DeskTask.objects.get()
    assert (both.words, both.due_on) == (f"{before.words} {in_a_day(location)[0]}", before.due_on)
    actions.reopen(ended, by=priya)
    again = DeskTask.objects.get()
    assert (again.words, again.done_at) == (before.words, None), "of the decision nobody has told them yet"
