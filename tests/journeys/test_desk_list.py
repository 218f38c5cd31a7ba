"""The desk's list of hundreds in a browser: twelve rows on a screen, and a call logged with two presses on one page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from referrals.models import Referral
from tests import factories
from tests.journeys.test_at_a_glance import CUT_OFF, WHOLE_ROWS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MOST_PRESSES = 3
ENDS_IN_DOTS = """() => [...document.querySelectorAll(".referrals td:nth-child(4) .line:first-child")]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)"""


@pytest.fixture
def carried(location, maya, priya):
    """Sixty referrals to all sorts of specialists, half of them at an office."""
    made = []
    for number in range(60):
        specialty = ("orthopedist", "rheumatologist", "neurologist", "vascular")[number % 4]
        case = factories.case(of=factories.patient(at=location, first_name="Ada", last_name=f"Quill {number}"))
        office = factories.specialist(specialty=specialty, name=f"Noor Olsen {number}") if number % 2 else None
        decision = factories.decision(on=case, by=maya, specialist=specialty, reason="examined", words="As seen.")
        made.append(factories.referral(after=decision, owner=priya, to=office))
    return made


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_call_is_logged_from_the_row_with_two_presses_and_one_page(computer, carried, priya, scripts):
    screen = computer(scripts=scripts)
    screen.is_signed_in(priya)
    screen.opens("/referrals/?turn=office&sort=office")
    screen.looks()
    assert screen.page.evaluate(WHOLE_ROWS) >= 12
    assert screen.page.evaluate(CUT_OFF) == []
    assert screen.page.evaluate(ENDS_IN_DOTS) == []
    loads = []
    screen.page.on("framenavigated", lambda frame: loads.append(frame.url))
    presses = 0
    screen.page.get_by_role("button", name="Log a call about").first.click()
    presses += 1
    screen.looks()
    message = screen.page.get_by_role("dialog").get_by_role("button", name="Left a message")
    with screen.page.expect_navigation():
        message.click()
    presses += 1
    screen.looks()
    screen.sees("Kept: log a call.")
    assert presses <= MOST_PRESSES
    assert len(loads) == 1
    assert screen.page.url.endswith("sort=office")
    assert Referral.objects.filter(moves__what="phone", moves__note__startswith="Left a message.").count() == 1


def test_the_desk_finds_ticks_hands_over_and_calls_by_office(computer, carried, priya, ruth):
    screen = computer()
    screen.is_signed_in(priya)
    screen.opens("/referrals/")
    screen.page.get_by_role("searchbox", name="Patient, office, phone or number").fill(carried[3].reference)
    screen.presses("Find a referral")
    screen.sees("Ada Quill 3")
    screen.page.get_by_label("Tick Ada Quill 3").check()
    screen.presses("Hand over")
    screen.chooses(str(ruth), of="Who carries them from now on?")
    screen.presses("Hand over")
    screen.sees("1 referral is handed over.")
    screen.opens("/referrals/by-office/")
    screen.looks()
    screen.page.get_by_role("link", name="Call sheet").first.click()
    screen.looks()
    screen.opens("/referrals/cover/")
    screen.looks()
    screen.chooses(str(ruth), of="Who looks after their referrals?")
    screen.fills_in(Last_day=str(timezone.localdate() + timedelta(days=5)))
    screen.presses("Keep")
    screen.sees("Ruth Calloway for Priya Nair")
    screen.opens("/referrals/")
    screen.fills_in(Keep_this_list_as="All of them")
    screen.presses("Keep")
    screen.sees("The list is kept as “All of them”.")
    screen.opens("/referrals/")
    screen.looks()
    assert screen.page.evaluate(WHOLE_ROWS) >= 12
