"""After the answers are sent, and after an address is changed: which browser and which mail still open something."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AccessLog
from clinic.links.actions import secret_of
from clinic.messages.models import Message
from intake.door.emails import ANYBODY_CAUSES, MOST_TO_AN_ADDRESS
from intake.door.form_links import keep_for_later, link_to
from intake.door.status_emails import status_link
from intake.door.status_links import link_to_status
from intake.models import Intake
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone, page_address

pytestmark = pytest.mark.django_db

BORN = {f"date_of_birth_{part}": ADA[f"date_of_birth_{part}"] for part in ("month", "day", "year")}
AFTER_SENDING = ["intake_files", "consent_copy", "status", "status_answers", "status_looked", "intake_appointment"]


@pytest.fixture
def ada(location, maya):
    return Phone().starts()


def opens_link(intake) -> Client:
    browser = Client()
    browser.post(reverse("link", args=[secret_of(link_to(intake))]), BORN)
    return browser


@pytest.mark.parametrize("when", ["before the answers were sent", "in the second they were sent", "later"])
def test_only_the_browser_that_sent_the_answers_goes_on_with_them(ada, when):
    ada.has_answered(HEEL_PAIN)
    other = opens_link(ada.intake) if when.startswith("before") else None
    ada.submits()
    other = other or opens_link(ada.intake)
    shown = {name: other.get(reverse(name)).status_code for name in AFTER_SENDING}
    assert 200 not in shown.values(), shown
    assert b"heel" not in other.get(reverse("intake_done")).content
    own = {name: ada.client.get(reverse(name)).status_code for name in AFTER_SENDING}
    assert set(own.values()) == {200}, own


def test_a_new_address_ends_the_links_in_the_old_mailbox(ada):
    old = secret_of(link_to(ada.intake))
    status = secret_of(link_to_status(ada.intake.patient))
    ada.opens("intake_contact").sends(reverse("intake_contact"), ADA | {"email": "ada@new.example"})
    assert ada.page.status_code == 200
    assert "Confirm your date of birth" not in ada.text
    for secret in (old, status):
        assert Client().post(reverse("link", args=[secret]), BORN).status_code == 404
    assert Client().post(reverse("link", args=[secret_of(link_to(ada.intake))]), BORN).status_code == 302


@pytest.mark.parametrize("email", [ADA["email"], ADA["email"].upper()])
def test_the_same_address_keeps_its_links(ada, email):
    old = secret_of(link_to(ada.intake))
    ada.opens("intake_contact").sends(reverse("intake_contact"), ADA | {"email": email, "first_name": "Adah"})
    assert secret_of(link_to(ada.intake)) == old


@pytest.mark.parametrize("email", ["lılı@patients.example", "аda@patients.example", "äda@patients.example"])
def test_letters_that_only_look_alike_make_no_address(location, email):
    ada = Phone().opens("intake_start")
    ada.sends(reverse("intake_start"), ADA | {"email": email, "ticket": ada.hidden("ticket")})
    assert ada.page.status_code == 422
    assert "We cannot send to an address with such letters before the @." in ada.errors


def test_nobodys_mailbox_is_filled_by_starting_forms_in_their_name(location):
    for _time in range(25):
        keep_for_later(Phone().starts().intake)
    most = min(MOST_TO_AN_ADDRESS.values())
    caused = Message.objects.to("ADA@patients.example").filter(kind__in=ANYBODY_CAUSES)
    assert caused.filter(kind="intake_link").count() == most
    assert caused.count() < 2 * most, "reminders that wait keep more reminders away"
    assert Intake.objects.count() == 25


def test_a_status_link_is_mailed_three_times_an_hour(location):
    patient = factories.patient(at=location, email="bea@patients.example")
    assert [bool(status_link(patient)) for _time in range(5)] == [True, True, True, False, False]


def test_a_follow_up_question_that_comes_with_its_answer_is_logged(ada):
    ada.answers("safety-check", emergency_now=["chest_pain"], chest_kind="other")
    before = AccessLog.objects.count()
    sent = {"version": ada.intake.version, "emergency_now": ["chest_pain"]}
    answer = ada.client.post(page_address("safety-check") + "reveal/", sent)
    assert re.search(r'value="other"[^>]*checked', answer.content.decode())
    assert AccessLog.objects.filter(page="intake_reveal").count() == AccessLog.objects.count() - before == 1
