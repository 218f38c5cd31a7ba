"""A patient with a phone: from the clinic's first page to "what happens next", or to 911."""

import pytest
from playwright.sync_api import expect

from intake.models import Assessment, Case, Intake, Urgency
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS
from tests.journeys.words import advice, label, text

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

BANNER = "Call 911 or go to the nearest emergency room now."

# Sciatica, and at the start nothing that is dangerous.
SCIATICA = SADDLE_NUMBNESS | {"emergency_now": ["none"], "leg_sides": "one", "low_mood": "not_at_all"}


def test_new_numbness_with_sciatica_is_told_to_get_help_right_after_the_answer(phone, maya):
    ada = phone()
    ada.starts_an_intake()
    ada.answers_on(SCIATICA, until="numb_pattern")

    ada.answers_page({"numb_pattern": ["line_down_leg", "saddle"], "spread_down_leg": "to_foot", "leg_sides": "one"})
    ada.presses("Save and continue")

    assert ada.heading == advice()
    ada.sees("Nobody is reading this form right now", "Because you told us")
    case = Case.objects.get()
    assert case.rules_urgency == Urgency.EMERGENCY
    assert "cauda_equina" in [flag["rule"] for flag in case.flags]
    assert case.intake.submitted_at is None

    ada.presses("I have read this")
    ada.follows("Go on with the questions")
    banner, question = (ada.page.locator(one).bounding_box() for one in (".advice-banner", "h1"))
    assert banner["y"] < question["y"]
    ada.sees(BANNER)


def test_an_ordinary_heel_pain_from_start_to_done(phone, maya):
    ben = phone()
    ben.starts_an_intake(first_name="Ben")
    ben.answers_on(HEEL_PAIN)

    ben.sees(text("heel_spot"), label("heel_spot", "bottom_inner"), label("pain_timing", "first_steps"))
    ben.changes(text("pain_worst"), pain_worst=4)
    assert ben.heading == "Check your answers"
    ben.signs_and_sends("Ben Quill")

    assert ben.heading.startswith("Sent. We read it by")
    ben.sees("What happens next", "Until your visit")
    intake = Intake.objects.get()
    assert intake.answers["pain_worst"] == 4
    assert intake.answers["heel_spot"] == "bottom_inner"
    last = Assessment.objects.get(occasion="submit")
    assert last.urgency == Urgency.ROUTINE
    assert last.result["specialists"][0] == "physical_therapist"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_follow_up_question_is_asked_with_and_without_scripts(phone, maya, scripts):
    cleo = phone(scripts=scripts)
    cleo.starts_an_intake(first_name="Cleo")
    cleo.answers_page({"emergency_now": ["none"]})
    cleo.presses("Save and continue")
    cleo.answers_page({"age": 31, "sex_at_birth": "female"})
    assert ("pregnancy" in cleo.asked) == scripts
    if not scripts:
        cleo.presses("Save and continue")
        cleo.sees("There is more to ask because of them")
    assert "pregnancy" in cleo.asked
    cleo.answers_page({"pregnancy": "no"})
    cleo.presses("Save and continue")
    assert cleo.asked == ["pain_regions"]


def test_a_follow_up_opens_in_place_and_nothing_else_moves(phone, maya):
    dora = phone()
    dora.starts_an_intake(first_name="Dora")
    dora.answers_page({"emergency_now": ["chest_pain", "fainted"]})
    expect(dora.page.get_by_role("radiogroup", name=text("chest_kind"))).to_be_visible()
    expect(dora.page.locator("#revealed")).to_have_text("One more question has appeared below.")
    assert dora.page.evaluate("document.activeElement.value") == "fainted", "focus stays where it was"
    assert dora.page.is_checked("[value=chest_pain]")

    dora.answers_page({"emergency_now": ["none"]})
    expect(dora.page.locator("#div_id_chest_kind")).to_have_count(0)
    assert not dora.page.is_checked("[value=chest_pain]"), "none of these takes the others back"
    dora.complaints.clear()  # a touch that follows fast takes the place of the one before, and htmx says so
