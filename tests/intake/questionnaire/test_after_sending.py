"""A page that comes when the form was sent: from a second tab, another device, the back button, a form on paper.

The answers that were sent stay as they are. A danger is told and has its case; the rest is said not to be saved.
"""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import secret_of
from intake.door import form_links
from intake.models import Case, Intake, Urgency
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.paper.test_paper import Desk, paper_address
from tests.intake.patients import ADA, Phone, page_address

pytestmark = pytest.mark.django_db

WORSE = Intake.Occasion.WORSE


@pytest.fixture
def ada(location, maya):
    """Ada has sent her form about her heel; its safety page is open in another tab."""
    ada = Phone().starts()
    ada.tab = Phone()
    ada.tab.client = ada.client
    ada.tab.opens_page("safety-check")
    ada.has_answered(HEEL_PAIN)
    return ada.submits()


def sent():
    return Intake.objects.get(occasion=Intake.Occasion.FIRST)


@pytest.mark.parametrize("answer", [["saddle_numb"], ["saddle_numb", "none"]])
def test_an_emergency_is_told_at_once_and_opens_a_case_of_its_own(ada, answer):
    before = sent().answers
    ada.tab.presses_save("safety-check", emergency_now=answer)

    assert ada.tab.page.wsgi_request.path == reverse("intake_emergency")
    worse = ada.intake
    assert (worse.occasion, worse.answers["emergency_now"]) == (WORSE, ["saddle_numb"])
    assert (worse.case.opened_because, worse.case.urgency) == (Case.OpenedBecause.WORSE, Urgency.EMERGENCY)
    assert sent().answers == before


def test_an_urgent_answer_leads_to_the_new_form_with_the_rest_of_it_filled_in(ada):
    ada.tab.presses_save("safety-check", emergency_now=["unsure"])

    assert ada.case.urgency == Urgency.URGENT
    assert ada.tab.page.wsgi_request.path == reverse("intake_check")
    assert "Your form was sent before. What you answer now is in a new one" in ada.tab.text
    ada.tab.submits()
    assert ada.intake.submitted_at
    assert ada.intake.answers == sent().answers | {"emergency_now": ["unsure"]}


def test_an_answer_that_is_dangerous_only_with_those_that_were_sent_is_told_too(location, maya):
    """Losing control of the bladder is an emergency with pain down the leg, which stands on another page."""
    told = SADDLE_NUMBNESS | {"emergency_now": ["none"], "saddle_change": "no", "bowel_change": "no"}
    told |= {"bladder_change": ["none"], "sexual_change": "no", "numb_pattern": ["line_down_leg"]}
    ada, tab = Phone().starts(), Phone()
    tab.client = ada.client
    ada.has_answered(told)
    tab.opens_page("bladder-and-bowel")
    ada.submits()
    assert ada.intake.urgency < Urgency.EMERGENCY
    shown = {"saddle_change": "no", "bladder_change": ["cannot_go"], "bladder_since": "days", "bowel_change": "no"}
    tab.presses_save("bladder-and-bowel", **shown)
    assert tab.page.wsgi_request.path == reverse("intake_emergency")
    assert "cannot" in tab.text.lower()


def test_pressed_twice_is_one_report(ada):
    for _press in range(2):
        ada.sends(page_address("safety-check"), {"version": "0", "emergency_now": "saddle_numb"})
        assert ada.page.wsgi_request.path == reverse("intake_emergency")
    assert Intake.objects.filter(occasion=WORSE).count() == 1


def test_what_shows_no_danger_is_said_not_to_be_saved(ada):
    ada.tab.presses_save("daily-life", activities_limited=["walking"], worry_level=4, move_fear=None)

    assert ada.tab.page.status_code == 409
    assert "This was not saved" in ada.tab.text
    main = ada.tab.html.split("<main")[1]
    assert "Call 911." in main
    assert reverse("intake_worse") in main
    assert sent() == ada.intake
    assert sent().answers["worry_level"] == HEEL_PAIN["worry_level"]


def test_the_same_answers_once_more_lead_to_the_last_page(ada):
    ada.tab.presses_save("safety-check", emergency_now=["none"])
    assert ada.tab.page.wsgi_request.path == reverse("intake_done")


def test_answers_of_another_day_do_not_go_over_into_the_new_form(ada):
    Intake.objects.update(submitted_at=timezone.now() - timedelta(hours=13))
    ada.tab.presses_save("safety-check", emergency_now=["saddle_numb"])
    assert ada.tab.page.wsgi_request.path in (reverse("intake_emergency"), reverse("intake_who"))
    assert ada.case.urgency == Urgency.EMERGENCY
    assert "pain_regions" not in ada.intake.answers


def test_who_opened_the_link_after_sending_sees_nothing_of_what_was_sent(ada):
    """They may be somebody else who reads the same mail: the danger counts, and the form they go on with is empty."""
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        other = Phone()
        born = {name: value for name, value in ADA.items() if name.startswith("date_of_birth")}
        other.sends(f"/l/{secret_of(form_links.link_to(sent()))}/", born)
        other.sends(page_address("safety-check"), {"version": "0", "emergency_now": "saddle_numb"})
        assert other.page.wsgi_request.path == reverse("intake_emergency")
        assert ada.case.urgency == Urgency.EMERGENCY
        assert set(ada.intake.answers) == {"age", "emergency_now"}
        assert ada.intake.carried == {}


def test_what_priya_keys_in_after_sending_is_not_saved_and_she_is_told_to_call(location, sign_in, priya):
    desk = Desk(sign_in(priya))
    desk.hands_out().keys_in_everything(HEEL_PAIN).says_who()
    desk.sends_it()
    desk.sends(paper_address(desk.intake, "safety-check"), {"emergency_now": "saddle_numb"})
    assert "what you keyed in was not saved" in desk.text
    assert "call the patient now" in desk.text
