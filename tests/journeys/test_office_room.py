"""The room of an office in three browsers: all it may answer, with scripts and without, and two referrals in two tabs.

Ellen has two tabs, and scripts; Omar has none; Rosa sits at another office. Priya at the desk hears of everything.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.links.actions import address_of
from referrals import moves as actions
from referrals.models import Referral
from tests import factories
from tests.answers import FOOT_DROP
from tests.referrals.papers import a_pdf

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAMES = {"Graciela": "Monteverde", "Bruno": "Ostrander", "Carla": "Whitlock", "Delia": "Rask"}


@pytest.fixture
def offices(db):
    katz = factories.specialist(name="Miriam Katz", practice="Ashport Neurology", email="desk@ashportneuro.example")
    other = factories.specialist(name="Sam Lee", practice="Casco Nerve", email="casco@office.example")
    other.fax = "(207) 555-0188"
    other.save()
    return katz, other


@pytest.fixture
def referrals(location, maya, priya, offices):
    """Three referrals at the office of Ellen and Omar, one at that of Rosa; each question names its patient."""
    katz, other = offices
    made = {}
    for first, last in NAMES.items():
        patient = factories.patient(at=location, first_name=first, last_name=last, email=f"{first}@patients.example")
        case = factories.case(of=patient, answers=FOOT_DROP)
        decision = factories.decision(on=case, by=maya, specialist="neurologist", reason="examined", words="Weak toes.")
        draft = actions.refer(decision, by=maya)
        actions.choose(draft, other if first == "Delia" else katz, choice="suggested", because="near", by=priya)
        question = f"{first} {last}, born 2/29/1980: is it the nerve?"
        actions.prepare_letter(draft, consent="agreed", question=question, by=priya)
        made[first] = actions.send(draft, by=priya)
    return made


@pytest.fixture
def code(priya):
    """`code(referral)` is what Priya has just read out to its office."""
    return lambda referral: actions.digits_of(actions.make_code(referral, way="read_out", by=priya))


def in_days(days) -> str:
    return f"{timezone.localdate() + timedelta(days=days)}"


def link_in(mail) -> str:
    return re.search(r"http\S+/office/\S+", mail.get_content())[0]


def link_of(referral) -> str:
    return address_of(actions.link_of(referral))


def status(referral) -> str:
    return Referral.objects.get(pk=referral.pk).status


def names_nobody(screen):
    html = screen.page.content()
    assert not [word for pair in NAMES.items() for word in (*pair, "1980") if word in html]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_every_answer_of_an_office_and_two_referrals_in_two_tabs(
    office_computer, computer, mail, referrals, offices, code, priya, tmp_path, scripts
):
    graciela, bruno, carla, delia = (referrals[name] for name in NAMES)
    ellen, omar, rosa = office_computer(scripts=scripts), office_computer(scripts=not scripts), office_computer()

    # Ellen comes in by one link, and opens a second referral beside it; Omar does not come in by the letterhead.
    newest = mail(offices[0].email)
    ellen.opens_referral(link_in(newest), person="Ellen Park, RN", code=code(carla))
    names_nobody(ellen)
    ellen.sees("[patient], born […]", "right", "1 to 6 weeks", "Please answer by", "stays open on this device")
    ellen.follows("All open referrals for your office")
    ellen.sees(graciela.reference, bruno.reference, carla.reference)
    assert delia.reference not in ellen.words
    names_nobody(ellen)
    ellen.page.get_by_role("button", name=f"Open the referral {bruno.reference}").click()
    ellen.looks()
    ellen.sees(bruno.reference)
    omar.opens(link_in(newest))
    omar.fills_in(Your_name_and_role="Omar Reyes, MA", Code="000171")
    omar.presses("Open the referral", status=422)
    omar.sees_errors("This code does not open it")

    # A second tab: what each shows is what it answers for.
    other_tab = ellen.page.context.new_page()
    other_tab.goto(f"{ellen.home}/office/{carla.public_id}/")
    ellen.presses("Accept this referral")
    ellen.sees("You accepted the referral", "Bruno Ostrander")
    assert (status(bruno), status(carla)) == ("accepted", "opened")
    other_tab.get_by_role("link", name="Decline this referral").click()
    other_tab.get_by_label("not taking new patients", exact=False).first.check()
    other_tab.get_by_role("button", name="Decline", exact=True).click()
    other_tab.get_by_text("You declined this referral").wait_for()
    assert "Bruno" not in other_tab.content()
    assert (status(bruno), status(carla)) == ("accepted", "declined")
    other_tab.close()

    # Omar comes in with a code of his own, asks, and reads the answer.
    omar.opens_referral(link_of(graciela), person="Omar Reyes, MA", code=code(graciela))
    omar.follows("Ask the clinic a question")
    omar.presses("Ask", status=422)
    omar.fills_in(Your_question="Has there been an MRI?")
    omar.presses("Ask")
    actions.answer_question(graciela, words="Graciela has had none.", by=priya)
    omar.opens(f"/office/{graciela.public_id}/")
    omar.sees("[patient] has had none.")
    names_nobody(omar)

    # Ellen proposes three times; the desk takes one.
    ellen.opens(f"/office/{bruno.public_id}/")
    ellen.follows("Propose times to choose from")
    ellen.fills_in(Date=in_days(4), Time="09:00", Second_date=in_days(5))
    ellen.presses("Propose these times", status=422)
    ellen.sees_errors("Enter both the date and the time.")
    ellen.fills_in(Second_time="10:00", Third_date=in_days(6), Third_time="11:00")
    ellen.presses("Propose these times")
    ellen.sees("Your times are with the clinic", "Times you proposed")
    desk = computer()
    desk.is_signed_in(priya)
    desk.opens(f"/referrals/{bruno.public_id}/")
    desk.sees("Take one of the times the office proposes")
    desk.follows("Take one of the times")
    desk.page.get_by_role("radio").nth(1).check()
    desk.presses("Take this time")
    ellen.opens(f"/office/{bruno.public_id}/")
    ellen.sees("10:00 AM", "Times proposed: Ellen Park, RN")

    # The day has come: they came, and the report follows.
    Referral.objects.get(pk=bruno.pk).appointments.update(starts_at=timezone.now() - timedelta(hours=2))
    ellen.opens(f"/office/{bruno.public_id}/")
    ellen.follows("The patient came")
    ellen.presses("They came")
    ellen.sees("The clinic knows that the patient came")
    report = tmp_path / "report.pdf"
    report.write_bytes(a_pdf())
    ellen.follows("Send your report")
    ellen.page.get_by_label("The report as a file").set_input_files(report)
    ellen.presses("Send the report")
    ellen.sees("waits to be read")

    # Rosa's office has one referral, and reaches no other; her patient does not come.
    rosa.opens_referral(link_of(delia), person="Rosa Lind", code=code(delia))
    rosa.presses("Accept this referral")
    rosa.fills_in(Date=in_days(3), Time="14:30")
    rosa.presses("Give this appointment")
    Referral.objects.get(pk=delia.pk).appointments.update(starts_at=timezone.now() - timedelta(hours=2))
    rosa.opens("/office/")
    assert not [one.reference for one in (graciela, bruno, carla) if one.reference in rosa.words]
    rosa.opens(f"/office/{bruno.public_id}/", status=404)
    rosa.opens(f"/office/{delia.public_id}/")
    rosa.follows("The patient did not come")
    rosa.presses("They did not come")
    assert status(delia) == "no_show"
    rosa.presses("Leave, and forget me on this device")
    rosa.opens("/office/", status=404)
    assert {one.status for one in Referral.objects.all()} == {"reported", "declined", "sent", "no_show"}
    assert Referral.objects.filter(news_at__isnull=False).count() == 4
