"""Going away with words on the page, and doing nothing for a while: what was typed waits, here or on another phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clinic.links.actions import secret_of
from intake.door import draft, form_links
from intake.models import Intake, UnsentPage
from tests.intake.patients import ADA, page_address

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ABOUT = page_address("about-you")


@pytest.fixture
def ada(phone, maya):
    """At the second page, which asks for an age: the form was begun before the date of birth told it."""
    ada = phone()
    ada.starts_an_intake()
    Intake.objects.update(answers={})
    ada.answers_page({"emergency_now": ["none"]})
    ada.presses("Save and continue")
    return ada


def types_an_age(ada, age="51"):
    ada.page.locator("[name=age]").fill(age)


def until_kept(ada):
    for _try in range(50):
        if UnsentPage.objects.exists():
            return UnsentPage.objects.get()
        ada.page.wait_for_timeout(100)
    raise AssertionError("nothing was kept")


def test_what_was_typed_is_offered_on_the_way_back(ada):
    types_an_age(ada)
    ada.follows("Back")
    assert until_kept(ada).fields["age"] == ["51"]
    ada.opens(ABOUT)
    ada.sees("You typed something here on", "did not save it")
    assert ada.page.locator("[name=age]").input_value() != "51"
    ada.follows("Use what I typed")
    assert ada.page.locator("[name=age]").input_value() == "51"
    ada.sees("It is not saved yet")
    ada.answers_page({"sex_at_birth": "male"})
    ada.presses("Save and continue")
    assert Intake.objects.get().answers["age"] == 51
    assert not UnsentPage.objects.exists()


def test_it_is_offered_on_a_second_phone_without_scripts(ada, phone):
    types_an_age(ada)
    ada.follows("Back")
    until_kept(ada)
    other = phone(scripts=False)
    other.opens(f"/l/{secret_of(form_links.link_to(Intake.objects.get()))}/")
    for part in ("month", "day", "year"):
        other.page.locator(f'input[name="date_of_birth_{part}"]').fill(ADA[f"date_of_birth_{part}"])
    other.presses("Open")
    other.sees("did not save it")
    other.follows("Use what I typed")
    assert other.page.locator("[name=age]").input_value() == "51"
    other.presses("Delete it")
    assert not UnsentPage.objects.exists()
    assert other.page.locator("[name=age]").input_value() != "51"


def test_what_was_refused_is_kept_too(ada):
    types_an_age(ada, "4 2")
    ada.presses("Save and continue", status=422)
    ada.follows("Back")
    assert until_kept(ada).fields["age"] == ["4 2"]


def test_nothing_is_kept_of_a_page_that_was_only_read(ada):
    ada.follows("Back")
    ada.opens(ABOUT)
    assert not UnsentPage.objects.exists()


# Idle -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def quickly(settings, monkeypatch):
    """The warning comes after four seconds, the end after fourteen."""
    settings.PATIENT_IDLE_MINUTES = 14 / 60
    monkeypatch.setattr("intake.door.frame.WARNED_FOR", 10)
    assert draft.idle_limit() == 14


def warned(ada):
    dialog = ada.page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_visible(timeout=20_000)
    return dialog


def test_one_press_after_the_warning_keeps_the_form_open(ada, quickly):
    ada.opens(ABOUT)
    types_an_age(ada)
    dialog = warned(ada)
    expect(ada.page.get_by_role("button", name="Yes, I am still here")).to_be_focused()
    ada.looks()
    ada.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert ada.page.locator("[name=age]").input_value() == "51"
    warned(ada)


def test_at_the_end_the_date_of_birth_is_asked_and_what_was_typed_waits(ada, quickly, settings):
    ada.opens(ABOUT)
    types_an_age(ada)
    warned(ada)
    ada.page.wait_for_url("**/intake/resume/**", timeout=20_000)
    ada.looks()
    assert ada.heading == "Confirm your date of birth to go on"
    assert 'value="51"' not in ada.page.content()
    until_kept(ada)
    ada.page.go_back()
    ada.page.wait_for_url("**/intake/resume/**")  # "back" shows nothing either
    ada.looks()
    settings.PATIENT_IDLE_MINUTES = 20  # a slow machine must not find it closed again
    for part in ("month", "day", "year"):
        ada.page.locator(f'input[name="confirm-date_of_birth_{part}"]').fill(ADA[f"date_of_birth_{part}"])
    ada.presses("Go on")
    assert reverse("intake_page", args=[1]) in ada.page.url or ABOUT in ada.page.url
    ada.opens(ABOUT)
    ada.follows("Use what I typed")
    assert ada.page.locator("[name=age]").input_value() == "51"


def test_without_scripts_a_page_sent_too_late_is_saved_after_the_date_of_birth(phone, maya, settings):
    ada = phone(scripts=False)
    ada.starts_an_intake()
    ada.answers_page({"emergency_now": ["none"]})
    settings.PATIENT_IDLE_MINUTES = 0.01
    ada.page.wait_for_timeout(2_000)
    ada.presses("Save and continue", status=403)
    assert ada.heading == "Confirm your date of birth to go on"
    settings.PATIENT_IDLE_MINUTES = 20
    for part in ("month", "day", "year"):
        ada.page.locator(f'input[name="confirm-date_of_birth_{part}"]').fill(ADA[f"date_of_birth_{part}"])
    ada.presses("Go on")
    assert Intake.objects.get().answers["emergency_now"] == ["none"]
    assert ada.asked[0] == "sex_at_birth"
