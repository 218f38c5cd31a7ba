"""A mail that does not reach the office is the carrier's next step, until somebody does something about it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.links.models import Link
from clinic.messages.actions import send_again as press_send_again
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from referrals import moves as actions
from referrals.desk import page as desk_page
from referrals.desk.happened import timeline
from referrals.models import OfficeToTell, Referral
from referrals.moves import directory, offices
from referrals.moves.undelivered import WAITS
from referrals.today.due import Today
from tests import factories
from tests.referrals.conftest import OFFICE
from tests.referrals.told.house import NOON

TITLE = "The mail did not arrive: correct the address, fax or call"
SAID = {"reason": "examined", "words": "Seen today."}
OLD, NEW = "desk@ashportneuro.example", "front@ashportneuro.example"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=True) as clock:
        yield clock


@pytest.fixture
def refused(sent, post_office):
    """The office's server has refused the mail with the link."""
    post_office.refuse[OLD] = "550 no such person"
    the_post_goes()
    sent.refresh_from_db()
    return sent


def step_of(referral):
    return desk_page.next_step(referral, desk_page.known_of([referral]))


def the_post_goes(later=timedelta()):
    """Sweep twice: what the first makes due goes with the second."""
    for _time in range(2):
        sweep(timezone.now() + later)


def lines(referral) -> list[str]:
    return list(referral.moves.order_by("pk").values_list("what", flat=True))


def states(referral, *kinds) -> set[tuple[str, str]]:
    return set(
        Message.objects.about("referral", referral.public_id).filter(kind__in=kinds).values_list("kind", "status")
    )


# It is noticed --------------------------------------------------------------------------------------------------------


def test_a_refused_mail_is_the_next_step_of_whoever_carries_it_within_one_open_hour(refused, priya, post_office):
    assert refused.undelivered_at
    assert refused.status == "sent"
    assert abs(refused.next_check_at - (NOON + timedelta(hours=1))) < timedelta(minutes=1)
    assert step_of(refused).title == TITLE
    assert desk_page.act_on(refused, step_of(refused)).phone == refused.specialist.phone
    assert post_office.recipients == {priya.email: 1}
    said = post_office.mails[0].get_content() + post_office.mails[0]["Subject"]
    assert not {word for word in (*refused.patient.full_name.split(), refused.specialist.practice) if word in said}
    assert lines(refused)[-1] == "undelivered"
    assert "Noticed by itself" in [line.who for line in timeline(refused)]


def test_one_open_hour_is_counted_by_the_doors_of_the_clinic(chosen, priya, post_office, noon):
    noon.move_to(NOON + timedelta(hours=5, minutes=30))  # half past five; the doors close at six
    referral = actions.send(chosen, by=priya)
    post_office.refuse[OLD] = "550 no such person"
    the_post_goes()
    referral.refresh_from_db()
    assert referral.next_check_at.astimezone(NOON.tzinfo).strftime("%a %H:%M") == "Wed 08:30"


def test_the_one_that_stands_in_for_a_worker_notices_it_too(sent, post_office):
    post_office.refuse[OLD] = "550 no such person"
    sweep(timezone.now(), in_place_of_worker=True)
    sent.refresh_from_db()
    assert sent.undelivered_at


def test_it_stands_first_and_the_list_and_its_page_say_so(refused, maya, priya, location, sign_in):
    late = factories.referral(
        after=factories.decision(on=factories.case(at=location), by=maya),
        owner=priya,
        next_check_at=timezone.now() - timedelta(days=9),
    )
    assert list(Referral.objects.open().most_pressing_first()) == [refused, late]
    assert Today(priya, timezone.now()).parts[-1].rows[0].patient == refused.patient
    desk = sign_in(priya)
    assert TITLE in desk.get("/referrals/").text
    assert TITLE in desk.get(f"/referrals/{refused.public_id}/").text


def test_the_patient_reads_that_it_is_up_to_the_clinic(refused, page):
    assert "We see that the other office gets our letter" in page().text


@pytest.mark.parametrize(
    ("waits", "noticed"),
    [(timedelta(minutes=50), False), (timedelta(minutes=70), True)],
    ids=["not yet", "for more than an hour"],
)
def test_a_mail_that_waits_for_the_mail_server_has_not_arrived_after_an_hour(sent, post_office, noon, waits, noticed):
    post_office.put_off[OLD] = 99
    the_post_goes()
    noon.shift(waits)
    the_post_goes()
    sent.refresh_from_db()
    assert bool(sent.undelivered_at) is noticed
    post_office.put_off.clear()
    noon.shift(timedelta(minutes=30))
    the_post_goes()
    sent.refresh_from_db()
    assert sent.undelivered_at is None, "it went after all"
    assert lines(sent)[-1] == ("went" if noticed else "sent")
    assert step_of(sent).title == "Wait for the office to answer"


def test_a_reminder_that_nobody_needs_any_more_is_no_bad_news(refused, priya):
    actions.office_accept(refused, by=priya, note="By phone.")
    the_post_goes(timedelta(days=9))
    refused.refresh_from_db()
    assert (refused.undelivered_at, "undelivered" in lines(refused)[-1:]) == (None, False)


def test_the_database_knows_no_undelivered_mail_where_no_office_has_it(draft):
    with pytest.raises(IntegrityError, match="undelivered_referral_is_with_an_office"), transaction.atomic():
        Referral.objects.filter(pk=draft.pk).update(undelivered_at=timezone.now())


# It ends --------------------------------------------------------------------------------------------------------------


def again(referral, priya):
    actions.send_again(referral, by=priya)


def from_messages(referral, priya):
    press_send_again(Message.objects.get(kind="referral_sent"), by=priya)


def corrected_on_the_referral(referral, priya):
    actions.send_again(referral, email=NEW, by=priya)


def corrected_under_messages(referral, priya):
    press_send_again(Message.objects.get(kind="referral_sent"), to=NEW, by=priya)


def corrected_in_the_directory(referral, priya):
    directory.change_listing(referral.specialist, email=NEW, by=priya)


def by_fax(referral, priya):
    actions.send_otherwise(referral, channel="fax", by=priya)


def they_accept(referral, priya):
    actions.office_accept(referral, by=priya, note="By phone.")


def the_office_opens_it(referral, _priya):
    actions.office_opened(referral, office=OFFICE)


@pytest.mark.parametrize(
    ("does", "line", "goes_to"),
    [
        (again, "sent_again", OLD),
        (from_messages, "sent_again", OLD),
        (corrected_on_the_referral, "sent_again", NEW),
        (corrected_under_messages, "sent_again", NEW),
        (corrected_in_the_directory, "sent_again", NEW),
        (by_fax, "sent_again", ""),
        (they_accept, "accepted", ""),
        (the_office_opens_it, "opened", ""),
    ],
)
def test_whatever_somebody_does_about_it_ends_it(refused, priya, post_office, does, line, goes_to):
    due = refused.next_check_at
    del post_office.refuse[OLD]
    does(refused, priya)
    the_post_goes()
    refused.refresh_from_db()
    assert refused.undelivered_at is None
    assert refused.next_check_at > due + timedelta(hours=12), "the next step has its usual time again"
    assert lines(refused).count(line) == 1
    assert lines(refused)[-1] == line
    went = [mail["To"] for mail in post_office.mails if mail["To"] != priya.email]
    assert went == ([goes_to] if goes_to else [])


def test_what_is_refused_again_is_told_again(refused, priya, post_office):
    actions.send_again(refused, by=priya)
    the_post_goes()
    refused.refresh_from_db()
    assert refused.undelivered_at
    assert lines(refused)[-2:] == ["sent_again", "undelivered"]
    assert post_office.recipients == {priya.email: 2}


def test_another_address_gets_another_link(refused, priya):
    before = Link.objects.get(subject_id=refused.public_id)
    actions.send_again(refused, email=NEW, by=priya)
    before.refresh_from_db()
    assert before.withdrawn_at
    assert actions.link_of(refused).pk != before.pk


def test_who_may_not_change_the_directory_is_told_who_does(refused, maya):
    with pytest.raises(actions.NotYet, match="front desk or a manager"):
        actions.send_again(refused, email=NEW, by=maya)


def test_a_letter_that_went_by_fax_leaves_no_mail_and_no_link_behind(refused, priya):
    actions.send_otherwise(refused, channel="fax", by=priya)
    assert {status for _kind, status in states(refused, "referral_sent", "referral_not_answered")} == {"skipped"}
    assert actions.link_of(refused) is None
    assert refused.moves.last().note == "Printed and faxed, letter version 2", "it says to answer by fax"


def test_the_card_sends_again_and_says_what_is_wrong_with_an_address(refused, priya, sign_in):
    at, desk = f"/referrals/{refused.public_id}/move/", sign_in(priya)
    given = {"do": "send-again", "saw": actions.newest_line(refused), "email": "no address"}
    answer = desk.post(at, given)
    assert answer.status_code == 422
    assert "no address" in answer.text
    assert desk.post(at, given | {"email": NEW}).status_code == 302
    refused.refresh_from_db()
    assert (refused.undelivered_at, refused.specialist.email) == (None, NEW)


# Later mails wait -----------------------------------------------------------------------------------------------------


def test_later_mails_to_a_refused_address_wait_until_it_is_corrected(
    refused, maya, priya, location, post_office, sign_in
):
    """Another patient's referral to the same office, too: it is noticed, not refused once more."""
    decision = factories.decision(on=factories.case(at=location), by=maya, specialist="neurologist", **SAID)
    other = actions.refer(decision, by=maya)
    actions.choose(other, refused.specialist, choice="suggested", because="near", by=priya)
    actions.prepare_letter(other, consent="agreed", by=priya)
    other = actions.send(other, by=priya)
    the_post_goes()
    the_post_goes(timedelta(days=9))
    waiting = Message.objects.filter(kind__in=("referral_sent", "referral_not_answered"), outcome=WAITS)
    assert set(waiting.values_list("status", flat=True)) == {"scheduled"}
    assert {str(one.subject_id) for one in waiting} == {str(refused.public_id), str(other.public_id)}
    other.refresh_from_db()
    assert other.undelivered_at
    assert WAITS in sign_in(priya).get("/messages/?show=waiting").text
    directory.change_listing(refused.specialist, email=NEW, by=priya)
    the_post_goes()
    links = [mail for mail in post_office.mails if mail["To"] == NEW and "A referral from" in mail["Subject"]]
    assert len([mail for mail in links if "waits" not in mail["Subject"]]) == 2, "nothing is lost"


def test_what_is_sent_again_to_the_same_address_is_tried(refused, priya, post_office):
    """The mailbox was full, and is not any more."""
    del post_office.refuse[OLD]
    actions.send_again(refused, by=priya)
    the_post_goes()
    assert post_office.recipients[OLD] == 1


# The office hears -----------------------------------------------------------------------------------------------------


def change_the_letter(referral, priya):
    return actions.prepare_letter(referral, question="Is it the nerve?", by=priya)


def withdraw(referral, priya):
    return actions.withdraw(referral, reason="not_needed", by=priya)


@pytest.mark.parametrize(
    ("does", "kind", "what"),
    [(change_the_letter, "letter_changed", "letter"), (withdraw, "referral_withdrawn", "withdrawn")],
)
def test_an_office_hears_by_the_way_it_has(accepted, priya, post_office, does, kind, what):
    the_post_goes()
    post_office.mails.clear()
    with transaction.atomic():
        does(accepted, priya)
        the_post_goes()
        [mail] = [mail for mail in post_office.mails if mail["To"] == OLD]
        assert mail["X-Message-Key"].startswith(kind)
        assert accepted.patient.last_name not in mail.as_string() + mail.get_content()
        assert not OfficeToTell.objects.exists()
        transaction.set_rollback(True)
    Referral.objects.update(channel="fax")
    accepted.refresh_from_db()
    does(accepted, priya)
    assert not Message.objects.filter(kind=kind).exists()
    assert OfficeToTell.objects.waiting().get().what == what


def test_the_office_knows_a_withdrawn_referral_by_the_day_it_came(accepted, priya, post_office):
    the_post_goes()
    withdraw(accepted, priya)
    the_post_goes()
    said = post_office.mails[-1].get_content()
    assert "Tuesday, March 2, 2027" in said
    assert "expect nobody for it" in said
    assert "http" not in said, "the link has ended"


@pytest.mark.parametrize(
    ("before", "hears"),
    [
        ("never sent", False),
        ("waits to go", False),
        ("refused", False),
        ("declined", False),
        ("back", False),
        ("went", True),
    ],
)
def test_only_an_office_that_may_expect_the_patient_hears(chosen, priya, post_office, before, hears):
    referral = chosen if before == "never sent" else actions.send(chosen, by=priya)
    if before == "refused":
        post_office.refuse[OLD] = "550 no such person"
    if before in ("refused", "went"):
        the_post_goes()
    if before in ("declined", "back"):
        actions.office_decline(referral, reason="not_taking", office=OFFICE)
    if before == "back":
        actions.back_to_therapist(referral, words="They take nobody.", by=priya)
    withdraw(referral, priya)
    assert (Message.objects.filter(kind="referral_withdrawn").exists() or OfficeToTell.objects.exists()) is hears


def test_a_withdrawal_that_does_not_arrive_is_told_by_somebody(accepted, priya, post_office):
    the_post_goes()
    withdraw(accepted, priya)
    post_office.refuse[OLD] = "550 no such person"
    the_post_goes()
    to_tell = OfficeToTell.objects.waiting().get()
    assert (to_tell.what, to_tell.specialist) == ("withdrawn", accepted.specialist)
    assert post_office.recipients[priya.email] == 1
    del post_office.refuse[OLD]
    press_send_again(Message.objects.get(kind="referral_withdrawn"), by=priya)
    the_post_goes()
    assert not OfficeToTell.objects.waiting().exists(), "the mail has told it after all"


def test_the_office_is_told_by_one_press_that_is_on_record(accepted, priya, olga, sign_in):
    Referral.objects.update(channel="fax")
    accepted.refresh_from_db()
    withdraw(accepted, priya)
    to_tell, at = OfficeToTell.objects.get(), "/offices/{}/told/"
    desk = sign_in(priya)
    for page in ("/referrals/", f"/referrals/{accepted.public_id}/", "/today/"):
        assert "They do not expect the patient" in desk.get(page).text, page
    assert sign_in(olga).post(at.format(to_tell.public_id)).status_code == 404
    assert desk.post(at.format(to_tell.public_id)).status_code == 302
    assert desk.post(at.format(to_tell.public_id)).status_code == 302, "a second press changes nothing"
    to_tell.refresh_from_db()
    assert to_tell.done_by == priya
    assert lines(accepted).count("office_told") == 1
    assert "They do not expect the patient" not in desk.get("/referrals/").text


def test_a_newer_letter_concerns_nobody_once_the_office_has_declined(accepted, priya):
    offices.put_down(accepted, accepted.specialist, OfficeToTell.What.LETTER)
    assert OfficeToTell.objects.waiting().count() == 1
    actions.office_decline(accepted, reason="not_taking", by=priya)
    assert OfficeToTell.objects.waiting().count() == 0
    actions.back_to_therapist(accepted, words="They take nobody.", by=priya)
    offices.letter_is_newer(Referral.objects.get(), 2)
    assert OfficeToTell.objects.waiting().count() == 0
    assert not Message.objects.filter(kind="letter_changed").exists()


def test_managers_read_of_an_office_that_nobody_told_in_time(accepted, priya, ruth, sign_in, noon):
    Referral.objects.update(channel="fax")
    accepted.refresh_from_db()
    withdraw(accepted, priya)
    assert "An office hears of a change" not in str(sign_in(ruth).get("/promises/").context["missed"])
    noon.shift(timedelta(hours=5))
    missed = sign_in(ruth).get("/promises/").context["missed"]
    assert [one.what for one in missed] == ["An office hears of a change"]
