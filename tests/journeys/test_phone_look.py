"""What fits on a phone before anything is scrolled, and that it fits in both languages and without scripts."""

import re

import pytest

from tests.answers import HEEL_PAIN
from tests.journeys.conftest import PHONE
from tests.journeys.people import Patient

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FIRST_CHOICE, START, FURNITURE, CALL_911, CHECK = 300, 330, 130, 460, 2500  # at most so far from the top, in pixels
BIG = PHONE | {"width": 390, "height": 844}
SMALL = PHONE | {"width": 320, "height": 640}


def top_of(screen, what) -> float:
    return screen.page.locator(what).first.bounding_box()["y"] + screen.page.evaluate("scrollY")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_page_of_questions_begins_near_the_top_and_its_length_never_grows(window, maya, scripts):
    ada = window(Patient, BIG, scripts=scripts)
    ada.opens("/")
    assert top_of(ada, "main a.btn-primary") <= START
    ada.starts_an_intake()
    told = []
    for _page in range(40 if scripts else 1):
        if "/page/" not in ada.page.url:
            break
        told.append([int(number) for number in re.findall(r"\d+", ada.page.inner_text(".progress-words"))])
        assert top_of(ada, "h1") <= FURNITURE
        choice, heading = ada.page.locator(".body-tabs, main .form-check").first, ada.page.locator("h1").bounding_box()
        if choice.count() and heading["height"] < 70 and not ada.page.locator(".notice, .body-drawing").count():
            assert top_of(ada, "main .form-check") <= FIRST_CHOICE, ada.heading
        ada.answers_page(HEEL_PAIN)
        ada.presses("Save and continue")
    steps, of, minutes = zip(*told, strict=True)
    assert list(steps) == sorted(steps)
    assert set(of) == {6}
    assert list(minutes) == sorted(minutes, reverse=True)
    if scripts:
        assert ada.page.evaluate("document.documentElement.scrollHeight") <= CHECK, "the page to check is folded"
        ada.sees("You said no to:")


def test_the_number_to_call_is_on_the_first_screen_of_the_smallest_phone(window, maya, language):
    ada = window(Patient, SMALL)
    ada.opens("/")
    if language == "es":
        ada.presses("Español")
    ada.opens("/intake/start/")
    ada.gives_details()
    ada.goes_on()
    ada.says_who("patient")
    ada.answers_page({"emergency_now": ["saddle_numb"]})
    ada.goes_on()
    call = ada.page.locator(".emergency-call").first.bounding_box()
    assert call["y"] + call["height"] <= CALL_911
    assert ada.page.locator("header a[href^=tel]").count() == 0, "the first number to press is 911"
