"""Lists that leave out what cannot matter: what is read, what comes once more, and what two windows make of it."""

import pytest

from intake import triage
from intake.questionnaire import actions as intakes
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(location):
    """She has begun, and is at the first question."""
    return Phone().starts()


@pytest.fixture
def second_phone(ada):
    """The same patient's other device, with the same intake open."""
    other = Phone()
    other.client.cookies["plumbline_intake"] = ada.client.cookies["plumbline_intake"].value
    return other


def test_an_option_that_cannot_matter_is_not_read(ada):
    """A heel has nothing to do with the head; whoever also marks the neck is asked."""
    ada.answers_up_to("what-it-feels-like", HEEL_PAIN)
    assert "Turning my head" not in ada.text
    ada.answers("where-it-hurts", pain_regions=["heel_right", "neck_back_mid"])
    ada.opens_page("when-it-is-bad")
    assert "Turning my head" in ada.text


def test_a_list_that_grew_is_shown_once_more_before_it_is_sent(ada):
    """She said "none of these" while what matters for a spine was not in the list. Then she marks her back."""
    ada.has_answered(HEEL_PAIN)
    assert not intakes.missing_answers(triage.shipped(), ada.intake)
    ada.answers("where-it-hurts", pain_regions=["heel_right", "low_back_mid"])
    assert "risk_conditions" in intakes.missing_answers(triage.shipped(), ada.intake)
    ada.opens("intake_check")
    assert "once more" in ada.text
    ada.answers("health-conditions", risk_conditions=["none"], medicines=["none"], recent_events=["none"])
    assert "risk_conditions" not in intakes.missing_answers(triage.shipped(), ada.intake)


def test_what_an_older_page_listed_is_taken(ada):
    """The list was open in another window when the answer before it changed."""
    ada.answers_up_to("what-it-feels-like", HEEL_PAIN)
    ada.answers("when-it-is-bad", pain_timing=["first_steps"], rest_effect="better", aggravators=["neck_turn"])
    assert ada.intake.answers["aggravators"] == ["neck_turn"]


def with_her_back(phone):
    """Marks the back in another window: what matters for a spine is in the lists from now on."""
    Phone(beside=phone).answers("where-it-hurts", pain_regions=["heel_right", "low_back_mid"])


@pytest.mark.parametrize("saved_before", [True, False])
def test_a_list_that_stood_open_while_it_grew_comes_once_more(ada, saved_before):
    """She says "none of these" to the short list that is still on the screen, and was never asked the rest."""
    if saved_before:
        ada.has_answered(HEEL_PAIN)
    else:
        ada.answers_up_to("general-health", HEEL_PAIN)
    ada.opens_page("health-conditions")
    left_out = ada.filled["unlisted"]
    with_her_back(ada)
    none = {"risk_conditions": ["none"], "medicines": ["none"], "recent_events": ["none"]}
    ada.presses_save("health-conditions", more={"unlisted": left_out}, **none)
    assert ada.intake.answers["recent_events"] == ["none"], "what was said is kept"
    assert {"risk_conditions", "recent_events"} <= set(intakes.missing_answers(triage.shipped(), ada.intake))
    assert ada.next_page().id in ("recent-injury", "health-conditions", "when-it-is-bad", "general-health")
    ada.opens_page("health-conditions")
    ada.presses_save("health-conditions", more={"unlisted": ada.filled.get("unlisted", [])}, **none)
    assert "recent_events" not in intakes.missing_answers(triage.shipped(), ada.intake)


def test_a_page_that_comes_once_more_is_still_not_saved_over_unseen(ada, second_phone):
    """What the other device saved on it stands, until the patient has chosen."""
    ada.has_answered(HEEL_PAIN)
    ada.opens_page("health-conditions")
    left_out = {"unlisted": ada.filled["unlisted"]}
    second_phone.answers("health-conditions", risk_conditions=["diabetes"], diabetes_foot=["none"])
    with_her_back(second_phone)
    none = {"risk_conditions": ["none"], "medicines": ["none"], "recent_events": ["none"]}
    ada.presses_save("health-conditions", more=left_out, **none)
    assert ada.page.status_code == 409
    assert ada.intake.answers["risk_conditions"] == ["diabetes"]
    assert ada.filled["unlisted"] == left_out["unlisted"], "and what her list left out goes along"
