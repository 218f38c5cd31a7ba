"""A decided foot drop: the desk sends the referral, the office answers by the link, and the report is read."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from referrals import moves as actions
from referrals.models import Referral
from tests import factories
from tests.answers import FOOT_DROP
from tests.referrals.papers import a_pdf

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def neurologist(db):
    return factories.specialist(name="Miriam Katz", practice="Ashport Neurology", email="desk@ashportneuro.example")


@pytest.fixture
def foot_drop(location, maya, priya, neurologist):
    """Maya decided that Graciela's weak foot goes to a neurologist; Priya carries the referral."""
    graciela = factories.patient(
        at=location, first_name="Graciela", last_name="Monteverde", insurance_plan="Northern Mutual PPO"
    )
    case = factories.case(of=graciela, answers=FOOT_DROP, acknowledged_by=maya)
    decision = factories.decision(on=case, by=maya, words="Toe lift 3 of 5 on the right.", reason="examined")
    return actions.refer(decision, by=maya)


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(a_pdf(pages=2))
    return path


def test_a_foot_drop_is_referred_seen_and_reported(
    computer, office_computer, mail, foot_drop, neurologist, maya, priya, report
):
    desk = computer()
    desk.signs_in(priya)
    assert desk.heading == "Referrals"
    desk.follows("Graciela Monteverde")
    referral = desk.page.url

    desk.follows("Choose a specialist")
    desk.page.get_by_role("radio", name="Miriam Katz").check()
    desk.presses("Choose and check the letter")
    desk.ticks("The patient agreed to this referral and to sending this letter")
    desk.presses("Keep the letter")
    assert desk.file("See it once more (PDF)").startswith(b"%PDF")
    desk.presses("Send the referral")
    desk.sees("Ashport Neurology", "Sent")

    letter = mail(neurologist.email)
    assert "Monteverde" not in letter.as_string()
    link = re.search(r"http\S+/office/\S+", letter.get_content())[0]

    desk.presses("A code to read out")
    desk.sees("(207) 555-0170", "once")
    code = desk.page.locator(".code").inner_text()
    office = office_computer()
    office.opens_referral(link, person="Ellen Park, RN", code=code)
    assert "Monteverde" not in office.words
    desk.opens(referral)
    desk.sees("Opened")

    office.sees("Please answer by", "each visit is recorded")
    office.presses("Accept this referral")
    office.sees("You accepted the referral", "Graciela Monteverde")
    assert office.file("Open the letter (PDF)").startswith(b"%PDF")
    desk.opens(referral)
    desk.sees("Accepted")

    office.fills_in(Date=f"{timezone.localdate() + timedelta(days=3)}", Time="14:30", What_should="Bring shoes.")
    office.presses("Give this appointment")
    office.sees("The appointment is kept")
    desk.opens(referral)
    desk.sees("Appointment", "2:30", "Bring shoes.")

    office.follows("Send your report")
    office.page.get_by_label("The report as a file").set_input_files(report)
    office.presses("Send the report")
    office.sees("waits to be read")
    desk.opens(referral)
    desk.sees("Unread", "A therapist reads it")

    assert mail(maya.email)["Subject"]
    therapist = computer()
    therapist.is_signed_in(maya)
    therapist.opens(referral)
    assert therapist.file("Download report.pdf").startswith(b"%PDF")
    therapist.presses("I have read this report")
    therapist.sees("Read by Maya Ortiz")

    desk.opens(referral)
    desk.follows("Close")
    desk.presses("Close it")
    assert Referral.objects.get().status == "closed"
    office.opens("/office/", status=404)
    assert "Graciela" not in office.words
