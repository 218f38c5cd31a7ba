"""The desk invites people from a list, corrects an address and takes one back; the manager reads the numbers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.messages.models import Message
from intake.models import Intake
from referrals import moves
from tests import factories
from tests.answers import FOOT_DROP
from tests.journeys.conftest import PHONE
from tests.journeys.people import Colleague
from tests.referrals.status_page import at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LIST = """First name,Last name,DOB,Email
Ines,Muñoz,3/31/1961,ines@patients.example
Bo,Tran,5/6/61,bo@patients.example
"""


def test_a_list_is_looked_at_sent_and_seen_through(window, computer, location, maya, priya, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(LIST)
    desk = window(Colleague, PHONE, color_scheme="dark")
    desk.signs_in(priya)
    desk.opens("/invitations/")
    desk.sees("No invitations here")
    desk.looks()
    desk.follows("Invite from a list")
    desk.looks()
    desk.page.locator("input[type=file]").set_input_files(file)
    desk.presses("See who would be invited")
    desk.looks()
    desk.sees("March 31, 1961", "Left out until they are right", "Bo Tran")
    desk.presses("Invite 1, leave 1 out")
    desk.sees("1 invitation is on the way.", "Take the list back")
    desk.looks()
    Message.objects.filter(kind="intake_invitation").update(
        status="failed", outcome="refused", settled_at=timezone.now()
    )

    screen = computer()
    screen.signs_in(maya)
    screen.opens("/invitations/")
    screen.sees("Could not deliver", "Ines Muñoz")
    screen.page.get_by_text("Send again or take back").click()
    screen.page.get_by_label("To this address").fill("i.munoz@patients.example")
    screen.presses("Send again to Ines Muñoz")
    screen.sees("The invitation goes out once more.")
    screen.page.get_by_text("Send again or take back").click()
    screen.looks()
    screen.presses("Take back the invitation of Ines Muñoz")
    screen.sees("Its link opens nothing any more.", "Taken back")
    assert Intake.objects.get().taken_back_by == maya


def test_a_manager_reads_the_months_and_takes_a_table_along(window, location, maya, priya, ruth):
    for days in (10, 50):
        with at(timezone.now() - timedelta(days=days)):
            case = factories.case(of=factories.patient(at=location), answers=FOOT_DROP, acknowledged_by=maya)
            decision = factories.decision(on=case, by=maya, specialist="neurologist", reason="examined", words="Weak.")
            moves.refer(decision, by=maya)
    lead = window(Colleague, PHONE)
    lead.signs_in(ruth)
    lead.opens("/numbers/")
    lead.sees("Numbers", "2 referrals begun", "Referrals begun", "Month by month", "Open still")
    lead.looks()
    lead.chooses("90 days", of="The last")
    lead.presses("Show")
    assert lead.file("Download as CSV of “How they ended”").startswith(b"\xef\xbb\xbfReason,")
