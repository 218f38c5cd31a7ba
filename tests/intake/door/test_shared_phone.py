"""Two patients on one phone, and links that ended: nobody sees the other's pages, and the right person gets in."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import renew_link, secret_of
from clinic.links.models import Link
from intake.door import form_links, respondents
from intake.door.status_links import link_to_status
from intake.models import Intake, Patient
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone

pytestmark = pytest.mark.django_db

ADA_BORN = {"date_of_birth_month": "3", "date_of_birth_day": "31", "date_of_birth_year": "1982"}
FACTORY_BORN = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}


@pytest.fixture
def bea(location):
    """A patient whose form was sent long ago, and who has signed."""
    patient = factories.patient(at=location, first_name="Bea", last_name="Stone")
    factories.intake(of=patient, answers=HEEL_PAIN, submitted=True)
    return patient


@pytest.fixture
def phone(location):
    return Phone()


def opens_status_of(phone, patient):
    return phone.sends(f"/l/{secret_of(link_to_status(patient))}/", FACTORY_BORN)


def sends_a_form(phone):
    phone.starts(email="")
    phone.has_answered(HEEL_PAIN)
    return phone.submits()


def test_whoever_sent_a_form_last_sees_their_own_page_and_not_the_one_open_before(phone, bea):
    opens_status_of(phone, bea)
    assert "For Bea" in phone.text
    sends_a_form(phone)
    phone.opens("status")
    assert "For Ada" in phone.text
    assert "Bea" not in phone.text


def test_a_status_page_opened_after_a_form_was_sent_hands_out_its_own_patients_papers(phone, bea, monkeypatch):
    sends_a_form(phone)
    opens_status_of(phone, bea)
    phone.opens("status")
    assert "For Bea" in phone.text
    given = []
    monkeypatch.setattr("intake.signing.signed_copy.make", lambda patient, signed: given.append(patient) or b"%PDF")
    phone.opens(re.search(r'href="([^"]*/signed/[^"]*)"', phone.html)[1])
    assert given == [bea]
    phone.opens("intake_done").opens("consent_copy")
    assert given == [bea, phone.intake.patient]


def test_a_new_link_opens_the_form_in_the_browser_that_had_it_open_before(phone, location):
    phone.starts()
    renew_link(Link.Purpose.INTAKE, phone.intake.public_id, expires_at=timezone.now() + timedelta(days=3))
    assert "newer link" in phone.opens("intake_check").text
    phone.sends(f"/l/{secret_of(form_links.link_to(phone.intake))}/", ADA_BORN)
    assert phone.page.status_code == 200
    assert phone.asks


def test_a_guardians_open_form_stays_closed_when_the_patient_has_a_link_of_their_own(phone, location, priya):
    """He is of age; until then the details on file are a guardian's, and from that midnight on the form is closed."""
    patient = factories.patient(at=location, first_name="Milo")
    intake = factories.intake(of=patient)
    with time_machine.travel(timezone.now() - timedelta(minutes=10)):
        phone.sends(f"/l/{secret_of(form_links.link_to(intake))}/", FACTORY_BORN)
    assert phone.opens("intake_who").page.status_code == 200
    Patient.objects.update(contact_is_of="guardian")
    respondents.came_of_age(timezone.now())
    assert phone.opens("intake_who").page.status_code == 404
    respondents.confirm_contact(Patient.objects.get(), email="milo@patients.example", phone="", by=priya)
    form_links.link_to(intake)
    assert phone.opens("intake_who").page.status_code == 404


def test_a_date_of_birth_mended_on_the_way_leads_to_the_advice_when_it_makes_an_answer_an_emergency(phone, location):
    phone.starts(date_of_birth_year="1995")
    phone.answers("safety-check", emergency_now=["effort_jaw_arm"])
    phone.sends(
        reverse("intake_contact"),
        {
            "first_name": "Ada",
            "last_name": "Quill",
            "phone": "207 555 0111",
            "language": "en",
            "email": "ada@patients.example",
            **ADA_BORN,
        },
    )
    assert Intake.objects.get().urgency == 3
    assert phone.page.wsgi_request.path == reverse("intake_emergency")


def test_an_odd_address_of_the_page_before_is_no_crash(phone, location):
    phone.starts()
    with time_machine.travel(timezone.now() + timedelta(minutes=25)):
        for odd in ("http://[", "http://[::1", "//", "javascript:1"):
            answer = phone.client.get(
                reverse("intake_reveal", args=[1]), headers={"HX-Request": "true", "HX-Current-URL": odd}
            )
            assert answer.status_code in (204, 405)


def test_an_emergency_answer_of_the_later_device_does_not_wait_until_both_agree(phone, location):
    phone.starts()
    late = Phone()
    late.client.cookies["plumbline_intake"] = phone.client.cookies["plumbline_intake"].value
    late.opens_page("safety-check")
    phone.answers("safety-check", emergency_now=["none"])
    late.presses_save("safety-check", emergency_now=["chest_pain"])
    assert late.page.wsgi_request.path == reverse("intake_emergency")
    intake = Intake.objects.get()
    assert intake.case.urgency == 3
    assert [(change.before, change.after) for change in intake.changes.all()] == [(["none"], ["chest_pain"])]
