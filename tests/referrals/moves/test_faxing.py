"""A fax waits, goes, and is asked after; one that does not arrive is the next step of whoever carries it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message, SweepBeat
from clinic.running.beat import SCHEDULE
from referrals import moves as actions
from referrals.desk import page as desk_page
from referrals.models import Delivery, Fax, Referral
from referrals.moves import directory
from referrals.moves.fax_results import SILENT, ask_how_faxes_went, ask_how_faxes_went_task
from tests.fax_gateway import fax_gateway
from tests.referrals import papers_out
from tests.referrals.letter.test_packet import pages_of
from tests.referrals.papers import a_pdf
from tests.referrals.told.house import NOON

FROM_HERE, BY_HAND = Referral.Channel.FAX_HERE, Referral.Channel.FAX
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def gateway(settings, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with fax_gateway() as recorded:
        settings.FAX_URL, settings.FAX_TOKEN = recorded.url, "a token"
        yield recorded


@pytest.fixture
def faxed(chosen, gateway, priya):
    """The letter with one paper, in the queue."""
    papers_out.enclosure(of=chosen, by=priya, content=a_pdf(2))
    return actions.send(chosen, channel=FROM_HERE, by=priya)


@pytest.fixture
def desk(priya):
    browser = Client()
    browser.force_login(priya)
    return browser


def goes(clock, after=timedelta()):
    clock.shift(after)
    sweep(timezone.now())
    ask_how_faxes_went(timezone.now())


def step_of(referral):
    referral = Referral.objects.get(pk=referral.pk)
    return desk_page.next_step(referral, desk_page.known_of([referral]))


def test_it_goes_once_with_cover_letter_and_papers_and_the_result_stands_on_the_referral(
    faxed, gateway, clock, desk, post_office
):
    gateway.says = {"state": "sent", "confirmation": "OK 4711"}
    goes(clock)
    goes(clock)
    [fax] = gateway.faxes
    row = Message.objects.get(kind="referral_faxed")
    assert (fax["id"], fax["to"]) == (str(row.pk), "+12075550171")
    assert gateway.keys == [(str(row.pk), "Bearer a token")]
    pages = pages_of(gateway.pdf())
    assert len(pages) == fax["pages"]
    assert pages[0].startswith("Fax")
    assert "What we ask" in pages[1]
    said = desk.get(reverse("referral", args=[faxed.public_id])).text
    assert "Fax sent" in said
    assert "OK 4711" in said
    assert post_office.mails == []
    assert SweepBeat.objects.get().mail_went_at is None, "no mail went"
    kept = desk.get(reverse("fax_pages", args=[faxed.public_id, Fax.objects.get().pk]))
    assert kept.getvalue() == gateway.pdf()


def test_one_that_fails_is_tried_twice_more_and_is_then_the_next_step_in_one_open_hour(
    faxed, gateway, clock, priya, post_office
):
    gateway.says = {"state": "failed", "why": "No answer from the other machine"}
    for after in (timedelta(), 6 * timedelta(minutes=1), 6 * timedelta(minutes=1)):
        assert Referral.objects.get().undelivered_at is None
        goes(clock, after)
    assert len(gateway.faxes) == len({fax["id"] for fax in gateway.faxes}) == 3
    referral = Referral.objects.get()
    assert referral.undelivered_at == timezone.now()
    assert referral.next_check_at == timezone.now() + HOUR
    step = step_of(referral)
    assert step.title == "The fax did not arrive: correct the number, or call"
    assert [button.name for button in step.buttons] == ["fax", "send-otherwise", "accepted", "note"]
    assert desk_page.act_on(referral, step).phone == referral.specialist.phone
    assert Fax.objects.get().why == "No answer from the other machine"
    sweep(timezone.now())
    assert post_office.recipients == {priya.email: 1}


@pytest.mark.parametrize("code", [400, 302])
def test_one_the_gateway_does_not_take_is_too(faxed, gateway, clock, post_office, code):
    gateway.answers = [code]
    goes(clock)
    assert Fax.objects.get().why == f"The gateway for faxes refused this fax ({code})."
    assert step_of(faxed).title.startswith("The fax did not arrive")


def test_a_gateway_that_is_away_is_tried_on_and_within_an_hour_somebody_hears(faxed, gateway, clock, post_office):
    gateway.answers = [503] * 20
    goes(clock)
    assert Fax.objects.get().state == "waiting"
    goes(clock, HOUR + timedelta(minutes=1))
    assert Referral.objects.get().undelivered_at
    gateway.answers, gateway.says = [], {"state": "sent"}
    goes(clock, HOUR)
    assert Fax.objects.get().state == "sent"
    assert Referral.objects.get().undelivered_at is None, "it went after all"


def test_one_of_which_nothing_is_heard_is_not_sent_again_and_somebody_asks(faxed, gateway, clock, post_office):
    gateway.says = [{"state": "waiting"}, [], b"no words of ours", {"state": "odd"}]
    for after in (timedelta(), timedelta(minutes=5), timedelta(minutes=5), HOUR):
        goes(clock, after)
    fax = Fax.objects.get()
    assert (fax.state, fax.why, len(gateway.faxes)) == ("failed", SILENT, 1)
    assert Referral.objects.get().undelivered_at


def test_nobody_is_asked_to_act_where_the_office_has_answered_meanwhile(faxed, gateway, clock, priya, post_office):
    gateway.answers = [400]
    clock.shift(timedelta(minutes=1))
    actions.office_accept(faxed, note="By phone.", by=priya)
    goes(clock)
    assert Fax.objects.get().state == "failed"
    assert Referral.objects.get().undelivered_at is None


def test_one_that_is_not_needed_any_more_does_not_go(faxed, gateway, clock, priya, post_office):
    actions.withdraw(faxed, reason="not_needed", by=priya)
    goes(clock)
    assert gateway.faxes == []
    assert Fax.objects.get().state == "dropped"


def test_the_number_is_corrected_and_the_fax_goes_to_the_new_one(faxed, gateway, clock, desk, priya, post_office):
    gateway.answers = [400]
    goes(clock)
    address = reverse("move_referral", args=[faxed.public_id])
    said = {"do": "fax", "saw": actions.newest_line(faxed), "number": "207 555 0199"}
    assert desk.post(address, said).status_code == 302
    goes(clock)
    assert gateway.faxes[-1]["to"] == "+12075550199"
    faxed.refresh_from_db()
    assert faxed.specialist.fax == "(207) 555-0199"
    assert faxed.undelivered_at is None
    assert [one.fax.state for one in Delivery.objects.order_by("pk")] == ["failed", "taken"]
    assert desk.post(address, said).status_code == 302, "pressed twice"
    assert Fax.objects.count() == 2


@pytest.mark.parametrize("tried", [False, True])
def test_one_whose_number_is_corrected_meanwhile_goes_to_nobody_and_somebody_hears(
    faxed, gateway, clock, priya, post_office, tried
):
    """The number before may be a stranger's, and these pages say who the patient is."""
    if tried:
        gateway.says = {"state": "failed", "why": "Busy"}
        goes(clock)
    directory.change_listing(faxed.specialist, fax="(207) 555-0199", by=priya)
    goes(clock, 6 * timedelta(minutes=1))
    goes(clock, 6 * timedelta(minutes=1))
    assert len(gateway.faxes) == tried
    fax = Fax.objects.get()
    assert (fax.state, fax.why) == ("failed", "The office has another fax number by now.")
    assert step_of(faxed).title == "The fax did not arrive: correct the number, or call"
    actions.fax_it(faxed, by=priya)
    goes(clock)
    assert gateway.faxes[-1]["to"] == "+12075550199"


def test_the_same_number_typed_otherwise_is_no_other(faxed, gateway, clock, priya, post_office):
    directory.change_listing(faxed.specialist, fax="207.555.0171", by=priya)
    goes(clock)
    assert len(gateway.faxes) == 1


def test_a_newer_letter_stands_in_the_list_until_it_is_faxed(faxed, gateway, clock, priya, post_office):
    goes(clock)
    actions.prepare_letter(faxed, question="Is it the root?", by=priya)
    assert faxed.offices_to_tell.waiting().exists()
    actions.fax_it(faxed, by=priya)
    assert not faxed.offices_to_tell.waiting().exists()
    goes(clock)
    assert "Is it the root?" in " ".join(pages_of(gateway.pdf()))


def test_the_page_of_sending_offers_it_only_where_it_can_go(chosen, settings, desk, priya):
    address = reverse("send_referral", args=[chosen.public_id])
    assert "Fax from here" not in desk.get(address).text
    settings.FAX_URL = "https://faxes.example.org/send"
    assert "Fax from here to (207) 555-0171" in desk.get(address).text
    chosen.specialist.fax = ""
    chosen.specialist.save()
    assert "Fax from here" not in desk.get(address).text
    with pytest.raises(actions.NotYet, match="no fax number"):
        actions.send(chosen, channel=FROM_HERE, by=priya)


def test_printed_and_faxed_wants_its_proof_and_keeps_who_when_number_and_file(chosen, desk, priya):
    sent = actions.send(chosen, channel=BY_HAND, by=priya)
    step = step_of(sent)
    assert step.title == "Print and fax it, then keep the confirmation"
    assert step.buttons[0].name == "proof"
    address = reverse("move_referral", args=[sent.public_id])
    said = {"do": "proof", "saw": actions.newest_line(sent), "number": "(207) 555-0188"}
    assert "Enter the confirmation number" in desk.post(address, said).text
    page = SimpleUploadedFile("confirmation.pdf", a_pdf(), "application/pdf")
    assert desk.post(address, said | {"confirmation": "0042", "proof": page}).status_code == 302
    fax = Fax.objects.get()
    assert (fax.number, fax.confirmation, fax.proven_by) == ("(207) 555-0188", "0042", priya)
    assert fax.settled_at == timezone.now()
    text = desk.get(reverse("referral", args=[sent.public_id])).text
    assert "What the machine printed" in text
    assert "To (207) 555-0188. Confirmation 0042." in text
    assert desk.get(reverse("fax_proof", args=[sent.public_id, fax.pk])).getvalue() == a_pdf()
    assert step_of(sent).title == "Wait for the office to answer"


def test_the_beat_asks():
    assert ask_how_faxes_went_task.name in {entry["task"] for entry in SCHEDULE.values()}
