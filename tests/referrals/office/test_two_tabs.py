"""Two referrals of one office in two tabs: each tab shows and answers its own, and a page from before goes on."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from clinic.links.models import Link
from referrals import moves as actions
from referrals.models import Referral
from referrals.office import session as office_session
from tests import factories
from tests.answers import FOOT_DROP
from tests.referrals.office.conftest import answering, ellen, here, path_of


def another(like, *, by, name="Bruno", to=None) -> Referral:
    """Return a referral of somebody else, sent to the same office or to another."""
    patient = factories.patient(at=like.location, first_name=name, last_name="Ostrander")
    case = factories.case(of=patient, answers=FOOT_DROP)
    decided = factories.decision(on=case, by=like.decision.by, specialist="neurologist", reason="examined", words="x")
    draft = actions.refer(decided, by=by)
    actions.choose(draft, to or like.specialist, choice="suggested", because="sees new patients", by=by)
    actions.prepare_letter(draft, consent="agreed", question=f"Why does {name} limp?", by=by)
    return actions.send(draft, by=by)


@pytest.fixture
def second(sent, priya):
    return another(sent, by=priya)


@pytest.fixture
def both(sent, second):
    """One browser in which two referrals were opened, each by its own link."""
    browser = Client()
    for one in (sent, second):
        assert browser.post(path_of(one), ellen(one)).status_code == 302
    return browser


def saw(page) -> str:
    return re.search(r'name="saw" value="(\d+)"', page.content.decode())[1]


def test_the_tab_that_was_opened_first_goes_on_with_its_own_referral(both, sent, second):
    """One cookie was one referral: the first tab answered for whichever was opened last."""
    first_tab, second_tab = both.get(here(of=sent)), both.get(here(of=second))
    assert both.post(answering("accept", of=sent), {"saw": saw(first_tab)}).status_code == 302
    assert {one.patient.first_name: one.status for one in Referral.objects.all()} == {
        "Graciela": "accepted",
        "Bruno": "opened",
    }
    assert "Bruno" not in both.get(here(of=sent)).content.decode()
    assert "Graciela" not in second_tab.content.decode()
    assert both.post(answering("decline", of=second), {"saw": saw(second_tab), "reason": "other"}).status_code == 302
    assert Referral.objects.get(pk=sent.pk).status == "accepted"


def test_what_was_read_in_one_tab_is_no_answer_in_the_other(both, sent, second):
    assert both.post(answering("accept", of=second), {"saw": saw(both.get(here(of=sent)))}).status_code == 409
    assert not Referral.objects.filter(status="accepted").exists()


def test_an_ended_link_closes_its_tab_and_no_other(both, sent, second, priya):
    actions.withdraw(sent, reason="not_needed", by=priya)
    assert both.get(here(of=sent)).status_code == 404
    assert both.get(here(of=second)).status_code == 200
    assert both.get("/office/" + "x" * 43 + "/").status_code == 404, "a wrong link is no reason to close what is open"
    assert both.get(here(of=second)).status_code == 200


def test_a_referral_that_was_not_opened_here_is_not_there(room, second):
    assert room.get(here(of=second)).status_code == 404
    assert room.post(answering("accept", of=second), {"saw": "1"}).status_code == 404


def test_each_tab_answers_in_the_name_that_was_given_for_it(sent, second):
    browser = Client()
    browser.post(path_of(sent), ellen(sent))
    browser.post(path_of(second), ellen(second, person="Omar Reyes, MA"))
    browser.post(answering("accept", of=sent), {"saw": saw(browser.get(here(of=sent)))})
    assert Referral.objects.get(pk=sent.pk).moves.last().office == "Ellen Park, RN"


def test_opening_another_gives_the_first_no_more_time(sent, second):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = Client()
        browser.post(path_of(sent), ellen(sent))
        clock.shift(office_session.COOKIE.life / 2)
        browser.post(path_of(second), ellen(second))
        clock.shift(office_session.COOKIE.life / 2 + timedelta(seconds=2))
        assert browser.get(here(of=sent)).status_code == 404
        assert browser.get(here(of=second)).status_code == 200


def test_leaving_closes_every_tab(both, sent, second):
    both.post("/office/leave/")
    assert [both.get(here(of=one)).status_code for one in (sent, second)] == [404, 404]


# Pages from before ----------------------------------------------------------------------------------------------------


@pytest.fixture
def from_before(sent):
    """A browser that was given its cookie when one cookie was one referral."""
    browser = Client()
    link = Link.objects.get(subject_id=sent.public_id)
    held = [str(link.pk), link.generation, sent.round, "Ellen Park, RN"]
    browser.cookies = office_session.COOKIE.keep(HttpResponse(), held).cookies
    return browser


def test_a_page_that_was_open_before_is_answered_for_its_referral(from_before, sent):
    assert sent.reference in from_before.get("/office/").content.decode()
    seen = saw(from_before.get(here(of=sent)))
    answered = from_before.post("/office/answer/accept/", {"saw": seen}, follow=True)
    assert answered.status_code == 200
    assert "You accepted the referral" in answered.content.decode()
    assert from_before.get("/office/letter.pdf", follow=True).content.startswith(b"%PDF")
    assert from_before.get("/office/answer/ask/", follow=True).status_code == 200
    assert from_before.get("/office/done/accept/", follow=True).status_code == 200


def test_a_page_from_before_answers_for_what_was_read_on_it_whatever_was_opened_since(from_before, sent, second):
    seen = saw(from_before.get(here(of=sent)))
    from_before.post(path_of(second), ellen(second))
    from_before.post("/office/answer/accept/", {"saw": seen})
    assert Referral.objects.get(pk=sent.pk).status == "accepted"
    assert Referral.objects.get(pk=second.pk).status == "opened"


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 60])
def test_a_page_from_before_that_was_tampered_with_answers_nothing(from_before, sent, seen):
    assert from_before.post("/office/answer/accept/", {"saw": seen}).status_code == 404
    assert Referral.objects.get().status == "sent"
