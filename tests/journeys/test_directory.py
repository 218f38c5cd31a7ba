"""The desk keeps its directory: offices from a file, looked at, put in and taken back; offices to ask, one by one."""

import pytest

from referrals.models import Specialist
from tests import factories
from tests.referrals.directory.sheets import sheet

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "offices.csv"
    path.write_bytes(
        sheet(
            {"Name": "Noor Adeyemi"},
            {"Name": "Lena Fischer", "NPI": "1234567890", "Phone": "call us"},
            {"Name": "Miriam Katz", "Phone": "+1 (207) 555.0199"},
        )
    )
    return path


def test_offices_come_from_a_file_and_are_taken_back(computer, location, priya, file):
    factories.specialist(name="Miriam Katz", practice="Casco Nerve Center", street="1 Harbor Street")
    desk = computer()
    desk.is_signed_in(priya)
    desk.opens("/directory/")
    desk.follows("Add from a file")
    desk.looks()
    desk.presses("See what it would change", status=422)
    desk.sees("Choose a file.")
    desk.page.locator("input[type=file]").set_input_files(file)
    desk.presses("See what it would change")
    desk.sees("1 new", "1 changed", "1 left out", "mistyped digit", "(207) 555-0199")
    desk.looks()
    assert Specialist.objects.count() == 1
    desk.presses("Put 2 in, leave 1 out")
    desk.sees("The offices are in the directory.", "Left out", "Lena Fischer")
    desk.looks()
    assert Specialist.objects.count() == 2
    desk.presses("Take it back")
    desk.sees("took it back")
    assert Specialist.objects.get().phone == "(207) 555-0170"


def test_an_office_is_asked_and_confirmed_by_one_press(computer, location, priya):
    factories.specialist(name="Miriam Katz")
    desk = computer()
    desk.is_signed_in(priya)
    desk.opens("/directory/")
    desk.follows("Offices to ask (1)")
    desk.looks()
    desk.presses("Confirmed today Miriam Katz, Casco Nerve Center")
    desk.sees("Miriam Katz: confirmed today.", "Nobody to ask")
    desk.opens("/directory/")
    desk.follows("Miriam Katz, MD")
    desk.sees("Last confirmed on")
    desk.looks()
