"""A status page that was left alone closes, and what is sent from it is not lost: it waits for the date of birth."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.links.actions import secret_of
from clinic.links.models import Link
from intake.door.status_links import link_to_status
from intake.models import AppointmentRequest, Case
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone

pytestmark = pytest.mark.django_db

BORN = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}


@pytest.fixture
def ada(clock, location, maya):
    """She has her page open since half an hour ago."""
    patient = factories.patient(at=location)
    factories.intake(of=patient, answers=HEEL_PAIN, submitted=True)
    phone = Phone()
    phone.patient = patient
    return opens_page(phone)


def opens_page(phone):
    return phone.sends(f"/l/{secret_of(link_to_status(phone.patient))}/", BORN)


def says_birth_date(phone, **changed):
    """On the page that asks, with everything that page holds; the browser sends what waits once more."""
    phone.sends(reverse("status_resume"), phone.filled | BORN | changed, follow=False)
    if phone.page.status_code == 307:
        phone.sends(phone.page.url, phone.filled_before)
    return phone


def sends_when_idle(phone, clock, address, **fields):
    phone.opens(address)
    sent = {"whose": phone.hidden("whose")} | fields
    clock.shift(timedelta(minutes=21))
    phone.filled_before = sent
    return phone.sends(reverse(address), sent)


def test_i_got_worse_opens_its_case_once_the_birth_date_is_said(ada, clock):
    sends_when_idle(ada, clock, "status_worse")
    assert ada.page.status_code == 403
    assert "What you just sent is not lost" in ada.text
    assert not Case.objects.exists()

    says_birth_date(ada)

    assert Case.objects.get().opened_because == Case.OpenedBecause.WORSE
    assert ada.page.wsgi_request.path.startswith("/intake/")


def test_a_visit_that_was_asked_for_is_asked_for(ada, clock):
    asked = {"reason": "new", "days": ["mon"], "times": ["morning"], "words": "Please in the morning"}
    sends_when_idle(ada, clock, "status_appointment", **asked)
    assert ada.filled["words"] == ["Please in the morning"]
    says_birth_date(ada)
    assert AppointmentRequest.objects.get().words == "Please in the morning"


def test_a_wrong_birth_date_is_counted_and_keeps_it(ada, clock):
    sends_when_idle(ada, clock, "status_worse")
    says_birth_date(ada, date_of_birth_year="1984")
    assert ada.page.status_code == 422
    assert "You can try 4 more times" in ada.errors
    assert ada.html.count('aria-invalid="true"') == 3
    assert Link.objects.get(purpose=Link.Purpose.STATUS).wrong_tries == 1
    says_birth_date(ada)
    assert Case.objects.exists()


def test_the_language_can_be_switched_in_between(ada, clock):
    sends_when_idle(ada, clock, "status_worse")
    ada.switches_to("es")
    assert "no se perdió" in ada.text
    assert ada.filled["confirm-to"] == [reverse("status_worse")]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "status"])
def test_what_waits_goes_to_no_other_place(ada, elsewhere):
    page = ada.sends(f"/l/{secret_of(link_to_status(ada.patient))}/", BORN | {"confirm-to": elsewhere}, follow=False)
    assert (page.page.status_code, page.page.url) == (302, reverse("status"))


def test_what_is_sent_for_another_patient_is_taken_for_neither(ada, clock, location):
    bea = factories.patient(at=location, first_name="Bea")
    factories.intake(of=bea, answers=HEEL_PAIN, submitted=True)
    hers = Phone()
    hers.patient = bea
    whose = opens_page(hers).opens("status_worse").hidden("whose")

    ada.opens("status_worse")
    clock.shift(timedelta(minutes=21))
    ada.sends(reverse("status_worse"), {"whose": whose})

    assert "What you sent was not saved" in ada.text
    assert not Case.objects.exists()


def test_looking_at_an_idle_page_asks_for_the_birth_date(ada, clock):
    clock.shift(timedelta(minutes=21))
    ada.opens("status")
    assert ada.page.wsgi_request.path == reverse("status_resume")
    assert "Open your page" in ada.text
    assert "not lost" not in ada.text


def test_what_was_sent_from_a_page_that_ended_is_said_to_be_lost(ada, clock):
    ada.opens("status_worse")
    sent = {"whose": ada.hidden("whose")}
    clock.shift(timedelta(hours=13))
    ada.sends(reverse("status_worse"), sent)
    assert ada.page.status_code == 404
    assert "What you just sent was not saved. Nobody has seen it." in ada.text
    assert "Call 911" in ada.text
