"""Maya with the keys alone: from her password to a case signed off, words added to it, and the case opened again."""

import pytest
from playwright.sync_api import expect

from demo.invented.house import second_factor
from intake.models import Case
from tests import factories
from tests.journeys.conftest import COMPUTER
from tests.journeys.keyboard import KeyboardColleague

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MOST_PRESSES = 6  # between the code and a decided routine case
COUNT = """addEventListener("keydown", ({ key }) => {
  if (!/^(Tab|Shift|Arrow)/.test(key)) sessionStorage.pressed = 1 + Number(sessionStorage.pressed || 0);
}, true)"""


@pytest.fixture
def routine(location, maya):
    return factories.case(of=factories.patient(at=location, first_name="Ben", last_name="Quill"))


@pytest.fixture
def desk(window, routine, maya):
    desk = window(KeyboardColleague, COMPUTER)
    desk.page.add_init_script(COUNT)
    desk.opens("/account/login/")
    desk.types(desk.page.get_by_label("Email"), maya.email)
    desk.types(desk.page.get_by_label("Password", exact=True), factories.PASSWORD)
    desk.sends()
    expect(desk.page.get_by_label("Code")).to_be_focused()
    desk.types(desk.page.get_by_label("Code"), second_factor(maya))
    desk.sends()
    assert desk.heading == "Queue"
    desk.page.evaluate("sessionStorage.pressed = 0")
    return desk


def test_a_routine_case_is_signed_off_with_six_presses_added_to_and_opened_again(desk, routine, maya):
    desk.key("]")
    desk.sends()  # on the name of the patient
    desk.key(".")
    desk.picks(desk.page.locator('#decision [name="verdict"][value="agree"]'))
    desk.presses("Decide")
    desk.sees("Decided", "Maya Ortiz, PT, DPT")
    assert int(desk.page.evaluate("sessionStorage.pressed")) <= MOST_PRESSES
    routine.refresh_from_db()
    assert (routine.status, routine.decided_by) == (Case.Status.DECIDED, maya)

    desk.opens_part(desk.page.locator("details", has_text="Add to this decision"))
    desk.presses("Add", status=422)
    desk.sees_errors("Say what is added.")
    desk.types(desk.page.get_by_label("What is added"), "She cycles to work again.")
    desk.presses("Add")
    desk.sees("She cycles to work again.")

    desk.opens_part(desk.page.locator("details", has_text="Open this case again"))
    desk.types(desk.page.get_by_label("Why it is opened again"), "The heel is worse since Monday.")
    desk.presses("Open again")
    desk.sees("The heel is worse since Monday.")
    expect(desk.page.locator("#decision")).to_be_visible()
    routine.refresh_from_db()
    assert routine.is_open
