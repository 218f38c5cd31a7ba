"""Three stories in which nobody was told: what each person reads, and what mail they have, at every turn.

A visit is moved and taken back; an office declines for another specialty; the mail to an office is refused.
"""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.links.actions import address_of
from clinic.messages.dispatch import sweep
from intake.door.status_links import link_to_status
from referrals import moves as actions
from referrals.models import Referral
from tests import factories
from tests.answers import HEEL_PAIN
from tests.plain_calendar import PlainCalendar
from tests.referrals.codes import office_code

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
BORN = {"month": "2", "day": "29", "year": "1980"}
ELLEN = "Ellen Park, RN"


def read_out_to(specialist) -> str:
    """A code that the desk has just read out to this office."""
    return actions.digits_of(office_code(to=specialist))


@pytest.fixture
def neurologist(db):
    return factories.specialist(name="Miriam Katz", practice="Ashport Neurology", email="desk@ashportneuro.example")


@pytest.fixture
def graciela(location):
    return factories.patient(at=location, first_name="Graciela", last_name="Monteverde", email="graciela@home.example")


@pytest.fixture
def chosen(maya, priya, neurologist, graciela):
    return _ready(graciela, maya, priya, neurologist)


@pytest.fixture
def inbox(post_office):
    """`inbox(person)` lets the post go; what came to that address since the last look."""
    read = Counter()

    def since(person):
        for _time in range(2):  # what the first makes due goes with the second
            sweep()
        mails = [mail for mail in post_office.mails if mail["To"] == person.email]
        new, read[person.email] = mails[read[person.email] :], len(mails)
        return new

    return since


def _ready(patient, maya, priya, office):
    """Maya decided for a neurologist, and Priya has the office and the patient's consent."""
    case = factories.case(of=patient, answers=HEEL_PAIN, acknowledged_by=maya)
    decision = factories.decision(
        on=case, by=maya, specialist="neurologist", words="Numb heel since May.", reason="examined"
    )
    referral = actions.refer(decision, by=maya)
    actions.choose(referral, office, choice="suggested", because="sees new patients", by=priya)
    return actions.prepare_letter(referral, consent="agreed", patient_told="Dr. Katz, by mail.", by=priya)


def opens_their_page(patient, of):
    """From a mail of ours, as any other day."""
    patient.opens(address_of(link_to_status(of)))
    for part, typed in BORN.items():
        patient.page.locator(f'[name="date_of_birth_{part}"]').fill(typed)
    patient.goes_on()


def link_in(mail) -> str:
    return re.search(r"http\S+/office/\S+", mail.get_content())[0]


def file_in(mail) -> bytes:
    [file] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return file.get_payload(decode=True)


def in_words(day) -> str:
    return f"{day:%B} {day.day}"


def test_a_visit_is_moved_and_taken_back(
    computer, phone, office_computer, inbox, chosen, neurologist, graciela, maya, priya
):
    sent = actions.office_accept(actions.send(chosen, by=priya), office=ELLEN)
    page = f"/referrals/{sent.public_id}/"
    first, second = (timezone.localdate() + timedelta(days=days) for days in (9, 11))
    calendar = PlainCalendar()
    office, desk, patient = office_computer(), computer(), phone()

    def patient_hears(day, *, mail, page_says=()):
        [came] = inbox(graciela)
        assert came["X-Message-Key"].startswith(mail)
        assert in_words(day) in came.get_content()
        calendar.takes(file_in(came))
        [(starts_at, _ends_at)] = calendar.events.values()
        assert starts_at.date() == day
        patient.opens("/status/")
        patient.sees("Your appointment", in_words(day), *page_says)

    def nobody_else_is_written_to():
        assert [inbox(person) for person in (neurologist, priya, maya)] == [[], [], []]

    [letter] = inbox(neurologist)
    office.opens_referral(link_in(letter), person=ELLEN, code=read_out_to(neurologist))
    opens_their_page(patient, graciela)
    patient.sees("The other office gives you a day")
    office.fills_in(Date=f"{first}", Time="10:00", What_should="Bring shoes.")
    office.presses("Give this appointment")
    patient_hears(first, mail="appointment_made", page_says=("Can you come?", "Bring shoes."))
    nobody_else_is_written_to()

    desk.is_signed_in(priya)
    desk.opens(page)
    desk.sees(in_words(first), "See that the patient went")
    desk.follows("Change the appointment")
    assert desk.page.get_by_label("Date").input_value() == f"{first}"
    desk.fills_in(Date=f"{second}")
    desk.presses("Keep the appointment")
    desk.sees(in_words(second), "Patient told: a mail is on its way.")
    patient_hears(second, mail="appointment_moved", page_says=("Before, it was", "Bring shoes."))
    desk.opens(page)
    desk.sees("Patient told: mail")
    office.opens("/office/")
    office.sees(in_words(second))
    nobody_else_is_written_to()

    desk.follows("Change the appointment")
    desk.fills_in(Date=f"{first}")
    desk.presses("Keep the appointment")
    patient_hears(first, mail="appointment_moved")
    office.opens("/office/")
    office.sees(in_words(first))

    patient.presses("Yes, I come")
    patient.sees("You told us that you come.")
    desk.opens(page)
    desk.sees("The patient comes", in_words(first))
    nobody_else_is_written_to()
    assert inbox(graciela) == []


def test_an_office_declines_for_another_specialty(
    computer, phone, office_computer, inbox, chosen, neurologist, graciela, maya, priya
):
    podiatrist = factories.specialist(
        specialty="podiatrist", name="Abel Stone", practice="Mill Podiatry", email="desk@millpodiatry.example"
    )
    before = actions.send(chosen, by=priya)
    office, patient = office_computer(), phone()
    [letter] = inbox(neurologist)
    old_link = link_in(letter)
    office.opens_referral(old_link, person=ELLEN, code=read_out_to(neurologist))
    office.follows("Decline this referral")
    office.ticks("Another specialty fits better")
    office.fills_in(Anything_the_clinic="The nails and the skin: a podiatrist.")
    office.presses("Decline")
    office.sees("You declined this referral")
    [told] = inbox(priya)
    assert "has declined" in told["Subject"]
    assert [inbox(person) for person in (graciela, maya, neurologist)] == [[], [], []]
    opens_their_page(patient, graciela)
    patient.sees("We look for another office", "The office cannot see you")

    desk = computer()
    desk.is_signed_in(priya)
    desk.sees("New from offices")
    desk.follows("Graciela Monteverde")
    desk.sees("Send it back to the therapist", "The nails and the skin: a podiatrist.")
    assert "Choose another office" not in desk.words
    desk.follows("Back to the therapist")
    desk.sees("Another specialty fits better. The nails and the skin: a podiatrist.")
    desk.presses("Send it to the therapist")
    desk.sees("A therapist decides again")
    [asked] = inbox(maya)
    assert "waits for your decision" in asked["Subject"]
    patient.opens("/status/")
    patient.sees("A therapist decides what comes next")
    office.opens("/office/", status=404)
    assert "Monteverde" not in office.words

    therapist = computer()
    therapist.is_signed_in(maya)
    therapist.opens(f"/referrals/{before.public_id}/")
    therapist.sees("The nails and the skin: a podiatrist.")
    therapist.follows("Open the case and decide again")
    therapist.unfolds("Open this case again")
    therapist.fills_in(Why_it_is_opened_again="Ashport Neurology says: a podiatrist.")
    therapist.presses("Open again")
    therapist.ticks("Decide otherwise")
    therapist.page.locator("select#id_specialist").select_option(label="Podiatrist")
    therapist.chooses("Refer to whom you chose above", of="What becomes of the patient")
    therapist.chooses("Examined or spoken with; findings differ", of="Why you decide otherwise")
    therapist.fills_in(In_your_words="The nails are thick and the skin is split.")
    therapist.presses("Decide")
    therapist.sees("The referral is ready to be sent")
    [decided] = inbox(graciela)
    assert "odiatr" not in decided.as_string()
    patient.opens("/status/")
    patient.sees("We write to another office", "A therapist decided again")

    desk.opens("/referrals/")
    desk.follows("Graciela Monteverde")
    desk.follows("Choose a specialist")
    assert "Ashport Neurology" not in desk.page.locator("main form").first.inner_text()
    desk.page.get_by_role("radio", name="Abel Stone").check()
    desk.presses("Choose and check the letter")
    desk.presses("Keep the letter", status=422)
    desk.sees_errors("Say whether the patient agreed.")
    desk.ticks("The patient agreed to this referral and to sending this letter")
    desk.presses("Keep the letter")
    desk.presses("Send the referral")
    desk.sees("Mill Podiatry", "Wait for the office to answer")
    after = Referral.objects.exclude(pk=before.pk).get()
    assert (after.specialty, after.specialist, after.letters.count()) == ("podiatrist", podiatrist, 1)

    [letter] = inbox(podiatrist)
    assert not re.search("Monteverde|odiatr", letter["Subject"] + letter.get_content())
    assert [inbox(person) for person in (neurologist, graciela, maya, priya)] == [[], [], [], []]
    other = office_computer()
    other.opens_referral(link_in(letter), person="Ida Moss", code=read_out_to(podiatrist))
    other.sees("Podiatrist")
    assert "Monteverde" not in other.words
    assert "eurolog" not in other.words
    patient.opens("/status/")
    patient.sees("The other office answers us", "Mill Podiatry")
    office.opens(old_link, status=404)


def test_a_mail_to_an_office_is_refused(
    computer, phone, office_computer, inbox, post_office, chosen, neurologist, graciela, location, maya, priya
):
    post_office.refuse[neurologist.email] = "550 no such person"
    desk, patient = computer(), phone()
    desk.is_signed_in(priya)
    desk.opens(f"/referrals/{chosen.public_id}/send/")
    desk.presses("Send the referral")
    desk.sees("Wait for the office to answer")
    [told] = inbox(priya)
    assert "did not arrive" in told["Subject"]
    assert [inbox(person) for person in (neurologist, graciela, maya)] == [[], [], []]
    opens_their_page(patient, graciela)
    patient.sees("We see that the other office gets our letter")
    desk.opens("/referrals/")
    desk.sees("The mail did not arrive: correct the address, fax or call")
    desk.follows("Graciela Monteverde")
    desk.sees("The mail did not arrive: correct the address, fax or call", "(207) 555-0170")

    desk.follows("Correct the address, send again")
    desk.fills_in(Mail_address="front@ashportneuro.example")
    desk.presses("Send it again")
    desk.sees("Wait for the office to answer")
    neurologist.refresh_from_db()
    assert neurologist.email == "front@ashportneuro.example"
    [letter] = inbox(neurologist)
    patient.opens("/status/")
    patient.sees("The other office answers us")
    office = office_computer()
    office.opens_referral(link_in(letter), person=ELLEN, code=read_out_to(neurologist))
    office.sees("What the clinic asks")
    assert [inbox(person) for person in (graciela, maya, priya)] == [[], [], []]

    # The next one goes by fax.
    post_office.refuse[neurologist.email] = "550 no such person"
    ben = factories.patient(at=location, first_name="Ben", last_name="Quill", email="ben@home.example")
    other = actions.send(_ready(ben, maya, priya, neurologist), by=priya)
    assert len(inbox(priya)) == 1
    desk.opens(f"/referrals/{other.public_id}/")
    assert desk.file("Open the letter (PDF)").startswith(b"%PDF")
    desk.follows("It went by fax or by hand")
    desk.ticks("Printed and faxed")
    desk.presses("Record how it went")
    desk.sees("Print and fax it, then keep the confirmation")
    post_office.refuse.clear()
    assert [inbox(person) for person in (neurologist, ben, maya, priya)] == [[], [], [], []]
    patient.page.context.clear_cookies()
    opens_their_page(patient, ben)
    patient.sees("The other office answers us")
