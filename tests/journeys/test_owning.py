"""A manager owns the clinic in a browser: a location, a therapist who is new, one who leaves, and who looked."""

import re

import pytest
from django.urls import reverse

from clinic.staff.models import Location, User
from clinic.staff.signing_in import SpentCode
from demo.invented.house import second_factor
from intake.models import Case
from tests import factories
from tests.answers import FOOT_DROP
from tests.clinic.sign_in.test_second_step import code_of
from tests.journeys.conftest import PHONE
from tests.journeys.people import Colleague

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
OWN = "fog-bank over mill road 12"


def test_a_manager_makes_a_location_invites_a_therapist_lets_a_leaver_go_and_looks_back(
    window, computer, location, maya, daniel, ruth, mail
):
    manager = window(Colleague, PHONE, color_scheme="dark")
    manager.signs_in(ruth)

    manager.opens("/locations/")
    manager.follows("Add a location")
    manager.presses("Add the location", status=422)
    manager.fills_in(
        Name="Harbor",
        Street="3 Pier Street",
        City="Bath",
        State="ME",
        ZIP_code="04530",
        Phone="207 555 0101",
        Phone_while_closed="207 555 0102",
        Monday="8:00-18:00",
        Closed_days="2027-07-05",
    )
    manager.presses("Add the location")
    manager.sees("Harbor is made", "No therapist works here")
    assert Location.objects.get(name="Harbor").hours["closed_on"] == ["2027-07-05"]

    manager.opens("/staff/")
    manager.follows("Invite somebody")
    manager.fills_in(Name="Noa Beck", Email="noa@plumbline.example")
    manager.ticks("Physical therapist", "Harbor", "Riverside")
    manager.presses("Invite")
    manager.sees("Noa Beck gets a mail", "No password chosen yet")
    noa = User.objects.get(name="Noa Beck")
    [link] = re.findall(r"http\S+key\S+", mail(noa.email).get_body(("plain",)).get_content())
    manager.unfolds("Hand over a code")
    manager.presses("Make a code for Noa Beck")
    SpentCode.objects.all().delete()  # half a minute goes by
    manager.page.locator('input[name="code"]').fill(second_factor(ruth))
    manager.page.locator('input[name="code"]').press("Enter")
    manager.page.wait_for_url(f"**/staff/{noa.public_id}/")
    manager.looks()
    manager.unfolds("Hand over a code")
    manager.presses("Make a code for Noa Beck")
    code = manager.page.locator("p.code").inner_text()

    therapist = computer()
    therapist.opens(link)
    passwords = therapist.page.locator("input[type=password]")
    passwords.nth(0).fill(OWN)
    passwords.nth(1).fill(OWN)
    passwords.nth(1).press("Enter")
    therapist.page.wait_for_url("**/done/")
    therapist.looks()
    therapist.opens("/account/login/")
    therapist.fills_in(Email=noa.email, Password=OWN)
    therapist.presses("Sign in")
    therapist.unfolds("The camera does not work?")
    secret = therapist.page.locator("p.code").inner_text()
    therapist.page.locator('input[name="handed_over"]').fill(code)
    therapist.page.locator('input[name="code"]').fill(code_of(secret))
    therapist.presses("Turn it on")
    therapist.opens("/queue/")

    case = factories.case(at=location, answers=FOOT_DROP, acknowledged_by=daniel)
    manager.opens(reverse("person", args=[daniel.public_id]))
    manager.follows("Daniel Brandt leaves")
    manager.presses("Hand over and close the account", status=422)
    manager.chooses("Noa Beck", of="Who takes 1 open case?")
    manager.presses("Hand over and close the account")
    manager.sees("Daniel Brandt has left: the account is closed. Handed over: 1 case", "They came back?")
    assert Case.objects.get(pk=case.pk).acknowledged_by == noa
    therapist.opens(case.get_absolute_url())

    manager.opens("/changes/")
    manager.sees("Invited by Ruth Calloway", "Left by Ruth Calloway", "Made by Ruth Calloway")
    manager.opens(reverse("patient", args=[case.patient.public_id]))
    manager.follows("Who looked")
    manager.sees("Noa Beck", f"Of {case.patient.full_name} alone")
    manager.follows("Changed")
    manager.sees("Case: Handed over to a colleague")
