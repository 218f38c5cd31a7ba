"""Two forms of one household that the date of birth cannot tell apart: each page says whose it is, once it is open.

Twins share a mailbox, a last name and a date of birth. Nothing that comes before the date of birth names anybody.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import secret_of
from clinic.messages.dispatch import sweep
from intake.door import form_links
from intake.door.link_requests import answer_link_requests
from intake.door.status_links import link_to_status
from intake.models import Intake, Patient, Respondent
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone, page_address

pytestmark = pytest.mark.django_db

HOME = "quills@patients.example"
BORN = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}
TWINS = ("Tim", "Tom")


def form_of(location, name) -> Intake:
    return factories.intake(of=factories.patient(at=location, first_name=name, email=HOME), answers={"age": 46})


@pytest.fixture
def twins(location):
    return [form_of(location, name) for name in TWINS]


def opens(intake, phone=None) -> Phone:
    return (phone or Phone()).sends(f"/l/{secret_of(form_links.link_to(intake))}/", BORN)


def test_the_page_says_whose_form_it_is_once_the_birth_date_is_given(twins):
    for intake, name in zip(twins, TWINS, strict=True):
        address = f"/l/{secret_of(form_links.link_to(intake))}/"
        before = Phone().opens(address)
        assert not any(one in before.html for one in TWINS)
        phone = before.sends(address, BORN)
        for page in ("intake_who", "intake_contact", "intake_save", "intake_check"):
            assert f"For {name}" in phone.opens(page).text, page
        assert not any(one in phone.html for one in TWINS if one != name)


def test_in_spanish_too(twins):
    phone = opens(twins[0]).switches_to("es")
    assert "Para Tim" in phone.text


def test_the_mails_name_nobody_and_promise_only_what_a_birth_date_can_do(twins, post_office):
    Phone().sends(reverse("link_new"), {"email": HOME})
    answer_link_requests(timezone.now())
    sweep(timezone.now())
    assert len(post_office.mails) == 2
    for mail in post_office.mails:
        said = mail["Subject"] + mail.get_content()
        assert not any(name in said for name in TWINS)
        assert "opens the right page" not in said
        assert "nobody else can open it" not in said
        assert "it says for whom it is" in " ".join(said.split())


def test_the_status_pages_of_twins_say_whose_they_are(location):
    for name in TWINS:
        patient = factories.patient(at=location, first_name=name, email=HOME)
        factories.intake(of=patient, answers=HEEL_PAIN, submitted=True)
        phone = Phone().sends(f"/l/{secret_of(link_to_status(patient))}/", BORN)
        for page in ("status", "status_worse", "status_appointment", "status_files", "status_looked"):
            assert phone.opens(page).text.count(f"For {name}") == 1, page


def test_on_one_device_what_is_sent_goes_to_the_form_of_its_page_though_the_birth_date_fits_both(twins):
    tim, tom = twins
    window = opens(tim).opens("intake_who")
    sent = window.filled | {"kind": "helper", "name": "Rosa Quill"}
    other = Phone(beside=window)
    opens(tom, other)
    window.sends(reverse("intake_who"), sent)
    assert window.page.status_code == 403
    assert not any(name in window.text for name in TWINS), "the date of birth comes first"
    waits = window.filled | {f"confirm-{name}": value for name, value in BORN.items()}
    window.sends(reverse("intake_resume"), waits)
    assert "For Tim" in window.opens("intake_contact").text
    said = dict(Respondent.objects.values_list("intake__patient__first_name", "name"))
    assert said == {"Tim": "Rosa Quill", "Tom": ""}


@pytest.mark.parametrize("twin", ["Eve", "Paula", "Bea"])
def test_the_twin_that_is_begun_behind_the_back_button_gets_a_form_of_its_own(location, twin):
    """Same last name, same date of birth: no slip, and nobody's answers under another name."""
    first = {"Eve": "Eva", "Paula": "Paul", "Bea": "Ada"}[twin]
    page = Phone().opens("intake_start")
    ticket = {"ticket": page.hidden("ticket")}
    page.sends(reverse("intake_start"), ADA | {"first_name": first} | ticket)
    page.says_who().answers("safety-check", emergency_now=["none"])
    page.sends(reverse("intake_start"), ADA | {"first_name": twin} | ticket)
    assert sorted(Patient.objects.values_list("first_name", flat=True)) == sorted([first, twin])
    assert "emergency_now" not in page.intake.answers or page.intake.patient.first_name == first


def test_where_the_form_was_left_or_is_idle_nobody_is_named(twins, clock):
    phone = opens(twins[0])
    clock.shift(timedelta(minutes=21))
    assert "Tim" not in phone.opens("intake_check").html
    phone = opens(twins[1])
    phone.opens(page_address("safety-check"))
    phone.sends(reverse("intake_leave"))
    assert "Tom" not in phone.html
