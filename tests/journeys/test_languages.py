"""A patient who reads Spanish: one press, and the page and what was answered stay."""

import pytest

from intake.models import Intake
from tests.journeys.words import label, text

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def reads_in(screen, language):
    assert screen.page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("scripts", [True, False])
def test_switching_in_the_middle_of_a_form_loses_nothing(phone, maya, scripts):
    lucia = phone(scripts=scripts)
    lucia.opens("/intake/start/")
    lucia.gives_details(first_name="Lucía", last_name="Prado")
    lucia.presses("Español")
    reads_in(lucia, "es")
    assert lucia.page.locator('input[name="first_name"]').input_value() == "Lucía"
    with lucia.page.expect_navigation():
        lucia.page.locator('input[name="phone"]').press("Enter")  # sends the form; it does not press the switch
    lucia.looks()
    lucia.says_who("patient")
    assert lucia.heading == text("emergency_now", "es")
    lucia.ticks(label("emergency_now", "none", "es"))
    lucia.presses("English")
    assert lucia.page.get_by_label(label("emergency_now", "none"), exact=True).is_checked()
    assert Intake.objects.get().answers.keys() == {"age"}, "nothing is saved by switching"
    lucia.leaves()


def test_the_first_pages_in_spanish_and_what_was_answered_stays(phone, maya):
    lucia = phone()
    lucia.opens("/intake/start/")
    reads_in(lucia, "en")
    lucia.presses("Español")
    reads_in(lucia, "es")
    assert lucia.page.url.endswith("/intake/start/")

    lucia.gives_details(first_name="Lucía", last_name="Prado")
    lucia.goes_on()
    lucia.says_who("patient")
    reads_in(lucia, "es")
    assert lucia.heading == text("emergency_now", "es")
    lucia.sees(label("emergency_now", "saddle_numb", "es"))
    lucia.ticks(label("emergency_now", "none", "es"))
    lucia.goes_on()
    lucia.sees(text("sex_at_birth", "es"))

    first_page = "/intake/page/1/"
    lucia.opens(first_page)
    lucia.presses("English")
    assert lucia.page.url.endswith(first_page)
    assert lucia.heading == text("emergency_now")
    assert lucia.page.get_by_label(label("emergency_now", "none"), exact=True).is_checked()
    lucia.presses("Español")
    assert lucia.page.get_by_label(label("emergency_now", "none", "es"), exact=True).is_checked()
    assert Intake.objects.get().language == "es"
