"""A therapist on the phone, with the keys alone: asks, keys in, reads out what to do, and mends what she misheard."""

import pytest
from playwright.sync_api import expect

from intake.models import Case, PhoneAnswer
from tests import factories
from tests.answers import SADDLE_NUMB_LABEL
from tests.intake.by_phone.calls import keys_in
from tests.intake.review.test_cases import answered
from tests.journeys.conftest import COMPUTER
from tests.journeys.keyboard import KeyboardColleague

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case(location):
    return answered(factories.intake(at=location), {"age": 30}, because=Case.OpenedBecause.NOT_SCREENED)


@pytest.fixture
def at_desk(window, maya):
    at_desk = window(KeyboardColleague, COMPUTER)
    at_desk.is_signed_in(maya)
    return at_desk


def answers(screen, question, *values):
    """Opens a question that is folded up, and chooses."""
    part = screen.page.locator("details.ask-one", has=screen.page.locator(f'[name="phone-{question}"]'))
    if not part.evaluate("(part) => part.open"):
        screen.opens_part(part)
    for value in values:
        box = part.locator(f'[name="phone-{question}"][value="{value}"]')
        screen.picks(box) if box.get_attribute("type") == "radio" else screen.ticks_box(box)


def test_a_patient_nobody_screened_is_asked_on_the_phone(at_desk, case, maya, daniel):
    at_desk.opens(case.get_absolute_url())
    script = at_desk.page.locator("#phone-script")
    at_desk.opens_part(script)
    at_desk.looks()
    at_desk.presses("Save the answers", status=422)
    at_desk.sees_errors("Key in at least one answer.")

    answers(at_desk, "emergency_now", "none")
    answers(at_desk, "onset_when", "weeks_1_to_6")
    keys_in(case, daniel, {"onset_when": "over_1_year"})  # from another room, while she speaks
    at_desk.presses("Save the answers", status=409)
    at_desk.sees_errors("Meanwhile Daniel Brandt keyed in")
    at_desk.sees("Asked on the phone", "1 answer is on record.")
    expect(at_desk.page.locator('[name="phone-onset_when"][value="weeks_1_to_6"]')).to_be_checked()
    at_desk.presses("Save the answers")

    expect(script).to_have_attribute("open", "")
    answers(at_desk, "emergency_now", "saddle_numb")
    at_desk.presses("Save the answers")
    at_desk.sees("Corrected later", SADDLE_NUMB_LABEL, "Call 911 or go to the nearest emergency room now.")
    case.refresh_from_db()
    assert (case.tier.word, case.status) == ("emergency", "waiting"), "it was Daniel's: both are told"
    assert PhoneAnswer.objects.count() == 4
