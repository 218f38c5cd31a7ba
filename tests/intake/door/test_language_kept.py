"""Whoever changes the language of their own open page is written to in it, and staff read which one it is."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import secret_of
from clinic.messages.models import Message
from intake.door.form_links import link_to
from intake.door.languages import change_language
from intake.door.status_emails import status_link
from intake.door.status_links import link_to_status
from intake.models import Intake, Patient
from intake.returning.actions import start_again
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone
from tests.referrals.status_page import BORN, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def lucia(location, maya):
    return Phone().starts()


def languages(patient) -> set[str]:
    """Everything that says which language the patient reads."""
    patient.refresh_from_db()
    return {patient.language, *patient.intakes.values_list("language", flat=True)}


def waiting() -> set[str]:
    return set(Message.objects.filter(status=Message.Status.SCHEDULED).values_list("language", flat=True))


# An open form ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["intake_who", "intake_contact", "intake_page", "intake_check", "intake_files", "intake_appointment"]
)
def test_the_mails_follow_the_switch_on_every_page_of_an_open_form(lucia, name):
    assert waiting() == {"en"}
    lucia.opens(name, *([1] if name == "intake_page" else [])).switches_to("es")
    assert '<html lang="es"' in lucia.html
    assert languages(lucia.intake.patient) == waiting() == {"es"}
    assert set(Message.objects.values_list("recipient", flat=True)) == {ADA["email"]}


def test_and_the_page_to_sign(lucia):
    lucia.has_answered(HEEL_PAIN).comes_to_sign().switches_to("es")
    assert languages(lucia.intake.patient) == {"es"}


def test_the_page_to_check_says_it_at_once_and_it_can_be_changed_back(lucia):
    lucia.has_answered(HEEL_PAIN).switches_to("es")
    row = lucia.html.split("Idioma de las páginas y los mensajes")[1][:300]
    assert "Español" in row
    lucia.opens("intake_contact")
    assert lucia.filled["language"] == ["es"]
    lucia.sends(reverse("intake_contact"), lucia.filled | {"language": "en"})
    assert languages(lucia.intake.patient) == {"en"}


def test_saving_the_contact_page_after_switching_does_not_take_it_back(lucia):
    lucia.opens("intake_contact").switches_to("es")
    assert lucia.filled["language"] == ["es"]
    lucia.sends(reverse("intake_contact"), lucia.filled)
    assert languages(lucia.intake.patient) == {"es"}


def test_a_helper_who_switches_reads_the_mails_and_changes_them_too(location):
    rosa = Phone().gives_details().says_who("helper", name="Rosa").opens_page("safety-check").switches_to("es")
    assert languages(rosa.intake.patient) == {"es"}


def test_whoever_answers_in_spanish_is_thanked_in_spanish(lucia):
    lucia.opens_page("safety-check").switches_to("es").has_answered(HEEL_PAIN).submits()
    assert Message.objects.get(kind="answers_received").language == "es"


def test_without_an_email_address_nothing_waits_and_nothing_is_lost(location):
    nobody = Phone().starts(email="").opens("intake_check").switches_to("es")
    assert languages(nobody.intake.patient) == {"es"}
    assert not Message.objects.exists()


def test_another_language_than_ours_changes_nothing(lucia):
    lucia.opens("intake_check").switches_to("xx")
    assert languages(lucia.intake.patient) == {"en"}


# Not theirs, or not open ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["home", "intake_start", "link_new"])
def test_a_page_that_is_nobody_s_changes_this_browser_alone(lucia, name):
    lucia.opens(name).switches_to("es")
    assert '<html lang="es"' in lucia.html
    assert languages(lucia.intake.patient) == {"en"}


def test_a_page_of_the_form_before_changes_it_for_neither(lucia):
    """Milo's form is opened on the same phone while Lucía's page to check is still on the screen."""
    lucias = lucia.intake.patient
    lucia.opens("intake_check")
    Phone(beside=lucia).starts(first_name="Milo")
    lucia.switches_to("es")
    assert languages(lucias) == languages(lucia.intake.patient) == {"en"}


@pytest.mark.parametrize("name", ["intake_check", "intake_contact"])
def test_a_form_nobody_used_for_a_while(lucia, name):
    lucia.opens(name)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        lucia.switches_to("es")
    assert languages(lucia.intake.patient) == {"en"}


def test_a_form_that_was_sent(lucia):
    lucia.has_answered(HEEL_PAIN).submits().opens("intake_done").switches_to("es")
    assert languages(lucia.intake.patient) == {"en"}


@pytest.mark.parametrize("name", ["intake_check", "intake_contact"])
def test_staff_who_look_at_the_page(lucia, maya, name):
    lucia.client.force_login(maya)
    lucia.opens(name).switches_to("es")
    assert languages(lucia.intake.patient) == {"en"}


# The status page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["status", "status_appointment", "status_looked"])
def test_the_status_page_counts_for_everything_that_is_not_sent(location, name):
    sent = factories.case(at=location).intake
    begun = start_again(sent.patient, occasion=Intake.Occasion.AGAIN)
    status_link(sent.patient)
    Page(sent.patient).opens(name).switches_to("es")
    begun.refresh_from_db()
    sent.refresh_from_db()
    assert (begun.language, sent.language) == ("es", "en"), "what was sent was written in English"
    assert Patient.objects.get().language == "es"
    assert set(Message.objects.about("patient", sent.patient.public_id).values_list("language", flat=True)) == {"es"}


def test_a_status_page_of_somebody_else(location):
    ada, milo = (factories.case(at=location).patient for _ in range(2))
    phone = Page(ada).opens("status")
    other = Page(milo)
    phone.client.cookies = other.client.cookies
    phone.switches_to("es")
    assert set(Patient.objects.values_list("language", flat=True)) == {"en"}


def test_a_printed_form_stays_as_it_was_printed(location):
    paper = factories.intake(at=location, paper_code="AB12-CD34")
    change_language(paper.patient, "es")
    paper.refresh_from_db()
    assert paper.language == "en"


# Where the date of birth is asked -------------------------------------------------------------------------------------


def test_whoever_was_invited_in_english_and_opens_the_link_in_spanish(location):
    """It is kept with the right date of birth, and not for whoever only has the link."""
    invited = factories.intake(at=location)
    link = f"/l/{secret_of(link_to(invited))}/"
    lucia = Phone().opens(link).switches_to("es")
    lucia.sends(link, lucia.filled | BORN | {"date_of_birth_year": "1979"})
    assert lucia.page.status_code == 422
    assert languages(invited.patient) == {"en"}
    lucia.sends(link, lucia.filled | BORN)
    assert '<html lang="es"' in lucia.html
    assert languages(invited.patient) == {"es"}


def test_whoever_opens_the_status_page_in_spanish(location):
    patient = factories.case(at=location).patient
    link = f"/l/{secret_of(link_to_status(patient))}/"
    lucia = Phone().opens(link).switches_to("es")
    lucia.sends(link, lucia.filled | BORN)
    assert Patient.objects.get().language == "es"


def test_whoever_goes_on_in_spanish_with_an_idle_form(lucia):
    lucia.opens("intake_check")
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        lucia.opens("intake_check").switches_to("es")
        assert languages(lucia.intake.patient) == {"en"}
        born = {f"confirm-{name}": value for name, value in ADA.items() if "birth" in name}
        lucia.sends(reverse("intake_resume"), lucia.filled | born)
    assert languages(lucia.intake.patient) == {"es"}


@pytest.mark.parametrize("spoken", [None, "", "xx"])
def test_whoever_does_not_switch_keeps_the_language_they_have(location, spoken):
    invited = factories.intake(at=location)
    link = f"/l/{secret_of(link_to(invited))}/"
    lucia = Phone()
    lucia.client.cookies["django_language"] = "es"
    lucia.sends(link, BORN | ({} if spoken is None else {"spoken": spoken}))
    assert languages(invited.patient) == {"en"}, "the browser may be somebody else's"
