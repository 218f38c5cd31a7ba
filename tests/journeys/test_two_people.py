"""A therapist at an open page: keys, a colleague who takes the case over, a page nobody uses, another window."""

import re

import pytest
from playwright.sync_api import expect

from clinic.sign_in.middleware import SignedOutWhenIdle
from clinic.staff.signing_in import SpentCode
from demo.invented.house import second_factor
from intake.review import actions as cases
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WORDS = "Walks on heels and toes."


@pytest.fixture
def mayas(location, maya):
    ben = factories.patient(at=location, first_name="Ben", last_name="Quill")
    return factories.case(of=ben, answers=HEEL_PAIN, acknowledged_by=maya)


@pytest.fixture
def desk(computer, maya, mayas):
    desk = computer()
    desk.signs_in(maya)
    return desk


def types_a_decision(desk):
    desk.ticks("Decide otherwise")
    desk.fills_in(In_your_words=WORDS)


def words_of(desk):
    return desk.page.locator("#decision [name=words]")


def test_keys_of_one_list_that_can_be_turned_off(computer, location, maya, mayas):
    factories.case(of=factories.patient(at=location, first_name="Cleo", last_name="Quill"), answers=FOOT_DROP)
    desk = computer()
    desk.opens("/account/login/")
    desk.fills_in(Email=maya.email, Password=factories.PASSWORD)
    desk.presses("Sign in")
    expect(desk.page.get_by_label("Code")).to_be_focused()
    desk.fills_in(Code=second_factor(maya))
    desk.presses("Sign in")
    keys, shortcuts = desk.page.keyboard, desk.page.get_by_role("dialog", name="Shortcuts")

    keys.press("?")
    expect(shortcuts).to_be_visible()
    desk.looks()
    keys.press("]")  # nothing moves behind a dialog
    keys.press("Escape")
    expect(shortcuts).to_be_hidden()
    for key, name in (("]", "Cleo"), ("]", "Ben"), ("[", "Cleo")):
        keys.press(key)
        expect(desk.page.locator("#queue tbody a", has_text=name)).to_be_focused()
    keys.press("/")
    expect(desk.page.locator("#bar-find")).to_be_focused()
    keys.type("?.")
    expect(shortcuts).to_be_hidden()
    expect(desk.page.locator("#bar-find")).to_have_value("?.")

    desk.follows("Cleo Quill")
    keys.press(".")
    expect(desk.page.locator("#decide-here")).to_be_focused()
    keys.press("?")
    desk.presses("Turn shortcuts off")
    desk.sees("They are off for you.")
    keys.press("?")
    keys.press("/")
    expect(shortcuts).to_be_hidden()
    expect(desk.page.locator("#bar-find")).not_to_be_focused()
    desk.page.get_by_role("link", name="Shortcuts").click()
    expect(shortcuts).to_be_visible()
    desk.looks()


def test_an_open_page_learns_that_a_colleague_has_the_case_and_keeps_what_was_typed(desk, mayas, maya, daniel):
    desk.follows("Ben Quill")
    types_a_decision(desk)
    cases.take_over(mayas, of=maya.public_id, words="She is with a patient.", by=daniel)
    expect(desk.page.get_by_role("status").get_by_text("Daniel Brandt has it")).to_be_visible(timeout=20_000)
    desk.looks()
    expect(words_of(desk)).to_have_value(WORDS)
    desk.follows("Load the page again")
    desk.sees("is back. It is not saved yet.", "Daniel Brandt has this case")
    expect(words_of(desk)).to_have_value(WORDS)
    desk.chooses("Examined or spoken with; findings differ", of="Why you decide otherwise")
    desk.presses("Decide", status=409)
    desk.sees("Daniel Brandt has this case", "Nothing was decided yet")
    expect(desk.page.locator("[data-error-summary]")).to_be_focused()
    desk.presses("Decide")
    desk.sees("Decided")


def test_a_page_nobody_uses_closes_and_is_back_with_every_word_after_the_sign_in(
    desk, mayas, maya, settings, monkeypatch
):
    monkeypatch.setattr(SignedOutWhenIdle, "WRITTEN_EVERY", 0)
    monkeypatch.setattr("clinic.templatetags.plumbline.WARNED_FOR", 10)
    settings.STAFF_IDLE_MINUTES = 14 / 60
    desk.follows("Ben Quill")
    types_a_decision(desk)
    dialog = desk.page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_visible(timeout=20_000)
    desk.looks()
    desk.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()

    desk.page.wait_for_url("**/account/login/**", timeout=30_000)
    desk.looks()
    assert "Quill" not in desk.page.content()
    settings.STAFF_IDLE_MINUTES = 15
    SpentCode.objects.all().delete()  # half a minute goes by, and the phone shows another
    desk.fills_in(Email=maya.email, Password=factories.PASSWORD)
    desk.presses("Sign in")
    desk.fills_in(Code=second_factor(maya))
    desk.presses("Sign in")
    desk.sees("is back. It is not saved yet.")
    expect(words_of(desk)).to_have_value(WORDS)


def test_signed_out_in_one_window_the_other_shows_nobody(desk, mayas):
    desk.sees("Ben Quill")
    other = desk.page.context.new_page()
    other.goto(f"{desk.home}/messages/")
    other.locator(".bar-who > summary").click()
    other.get_by_role("button", name="Sign out").click()
    desk.page.wait_for_url(re.compile("/account/(login|left)/"), timeout=20_000)
    desk.looks()
    assert "Quill" not in desk.page.content()
