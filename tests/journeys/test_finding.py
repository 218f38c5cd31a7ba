"""Somebody of the clinic finds a patient from the bar and reads what is on file: by keys alone, on every screen."""

import pytest

from tests import factories
from tests.answers import FOOT_DROP, SADDLE_NUMBNESS
from tests.journeys.people import Colleague
from tests.journeys.screens import TOO_WIDE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LONG = {"first_name": "Maximiliane-Alexandrina", "last_name": "Featherstonehaugh-Wollstonecraft y Montenegro"}
TALL = '() => document.querySelector(".bar-top").offsetHeight'
SIZES = [(1280, "light"), (1280, "dark"), (961, "dark"), (360, "light"), (360, "dark")]


@pytest.fixture
def on_file(location, maya, priya):
    patient = factories.patient(at=location, **LONG)
    case = factories.case(of=patient, answers=FOOT_DROP)
    factories.referral(after=factories.decision(on=case, by=maya), owner=priya, to=factories.specialist())
    factories.case(of=patient, answers=SADDLE_NUMBNESS)
    factories.appointment_request(of=patient, at=location)
    return patient


@pytest.mark.parametrize("who", ["maya", "priya"])
def test_a_patient_is_found_from_the_bar(window, on_file, request, subtests, who):
    screen = window(Colleague, {"width": 1280, "height": 800})
    screen.is_signed_in(request.getfixturevalue(who))
    for width, scheme in SIZES:
        with subtests.test(f"{width} {scheme}"):
            screen.page.set_viewport_size({"width": width, "height": 800})
            screen.page.emulate_media(color_scheme=scheme)
            finds(screen, on_file, width)


def finds(screen, on_file, width):
    """By keys alone, from the list of referrals; on a phone the bar is opened first."""
    screen.opens("/referrals/")
    if width == 360:
        screen.page.locator(".bar-menu > summary").focus()
        screen.page.keyboard.press("Enter")
    screen.page.get_by_label("Find a patient").focus()
    screen.page.keyboard.type("wollstonecraft max")
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_url("**/patients/")
    screen.looks()
    screen.sees(on_file.full_name)
    screen.follows(on_file.full_name)
    assert screen.heading == on_file.full_name
    screen.looks()
    screen.opens("/patients/")  # what "back" shows
    screen.sees(on_file.full_name)


@pytest.mark.parametrize("who", ["maya", "priya", "ruth"])
def test_the_bar_is_one_row_for_every_role(window, on_file, request, who):
    screen = window(Colleague, {"width": 961, "height": 800})
    screen.is_signed_in(request.getfixturevalue(who))
    screen.opens("/referrals/")
    for width in (961, 1024, 1280):
        screen.page.set_viewport_size({"width": width, "height": 800})
        assert screen.page.evaluate(TALL) <= 48, width
        assert not screen.page.evaluate(TOO_WIDE), width


@pytest.mark.parametrize("width", [360, 1280])
def test_menus_of_the_bar_open_by_keys_and_show_what_they_hold(window, on_file, ruth, width):
    screen = window(Colleague, {"width": width, "height": 800})
    screen.is_signed_in(ruth)
    screen.opens("/referrals/")
    if width == 360:
        screen.page.locator(".bar-menu > summary").click()
    for menu, link in ((".bar-nav .bar-fold", "Forms on paper"), (".bar-who", "Your recovery codes")):
        screen.page.locator(f"{menu} > summary").focus()
        screen.page.keyboard.press("Enter")
        assert screen.page.get_by_role("link", name=link).is_visible()
        screen.looks()


def test_who_is_refused_or_finds_nobody_reads_what_to_do(window, on_file, priya):
    case = on_file.cases.first()
    screen = window(Colleague, {"width": 360, "height": 800})
    screen.is_signed_in(priya)
    screen.opens(case.get_absolute_url(), status=403)
    screen.sees("front desk", "ask your clinic manager")
    screen.looks(403)
    screen.opens("/nowhere/", status=404)
    screen.looks(404)
    for words in ("jones 6/9/1972 555-0142", "w", "price 1972"):
        screen.opens("/patients/")
        screen.page.locator("#looked-for").fill(words)
        screen.presses("Find")
        screen.looks()
