"""How many forms may be begun from one network without a link; whoever is one too many loses nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.links import starts
from clinic.links.models import FormStart, Link
from clinic.links.requests import DAY, HOUR
from clinic.messages.models import Message
from intake.models import Intake, Patient
from intake.paper import actions as paper
from intake.questionnaire import actions as intakes
from intake.tasks import forget_starts
from tests.at_once import at_once
from tests.intake.patients import ADA, Phone

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "198.51.100.7", "198.51.100.8"
START = "/intake/start/"


@pytest.fixture(autouse=True)
def _three_an_hour(monkeypatch):
    monkeypatch.setattr("clinic.links.starts.MOST_FROM_A_NETWORK", {HOUR: 3, DAY: 5})


def begins(network=HERE, *, client=None, **details):
    """Somebody nobody knows fills in the first page."""
    client = client or Client()
    ticket = client.get(START).context["form"]["ticket"].value()
    return client.post(START, ADA | {"ticket": ticket} | details, REMOTE_ADDR=network)


def began(network=HERE, **details) -> bool:
    return begins(network, **details).status_code == 302


@pytest.mark.parametrize(
    ("hours", "allowed"),
    [
        ((0, 0, 0), True),
        ((0, 0, 0, 0), False),
        ((0, 0.5, 0.9, 0.99), False),
        ((0, 0, 0, 1.01), True),
        ((0, 0.5, 0.9, 1.01, 1.02), False),
        ((0, 2, 4, 6, 8), True),
        ((0, 2, 4, 6, 8, 10), False),
        ((0, 2, 4, 6, 8, 24.01), True),
    ],
)
def test_the_last_one_depends_on_those_before(location, hours, allowed):
    first = timezone.now()
    for number, hour in enumerate(hours, start=1):
        with time_machine.travel(first + timedelta(hours=hour), tick=False):
            assert began() == (allowed or number < len(hours))
    assert Intake.objects.count() == FormStart.objects.count() == len(hours) - (not allowed)


def test_the_real_limits_hold_a_full_waiting_room(monkeypatch):
    monkeypatch.undo()
    assert starts.MOST_FROM_A_NETWORK == {HOUR: 30, DAY: 100}


def test_another_network_is_another_count(location):
    assert [began() for _start in range(4)] == [True, True, True, False]
    assert began(ELSEWHERE)


def test_a_forged_header_makes_no_other_network(location, settings):
    settings.TRUSTED_PROXIES = 1
    told = [Client().post(START, ADA, headers={"X-Forwarded-For": f"192.0.2.{n}, {HERE}"}) for n in range(4)]
    assert [answer.status_code for answer in told] == [302, 302, 302, 429]


def test_nothing_of_one_too_many_is_kept_but_what_they_typed_stays_on_the_page(location):
    for _start in range(3):
        begins(email="", first_name="Milo")
    counts = [rows.objects.count() for rows in (Intake, Patient, Link, Message, FormStart)]
    ada = Phone()
    ada.page = begins(client=ada.client, insurance_plan="North Plan", needs_interpreter="on", next="appointment")
    assert ada.page.status_code == 429
    assert [rows.objects.count() for rows in (Intake, Patient, Link, Message, FormStart)] == counts
    assert not ada.client.cookies.get("plumbline_intake")
    assert "cannot take another form from this connection right now" in ada.errors
    assert location.phone in ada.text
    assert 'href="tel:+12075550142"' in ada.html
    assert "In an emergency, do not wait for us. Call 911." in ada.text
    typed = ADA | {"insurance_plan": "North Plan", "next": "appointment"}
    assert {name: ada.filled.get(name) for name in typed} == {name: [value] for name, value in typed.items()}
    assert "needs_interpreter" in ada.filled, "the box is still checked"


def test_the_same_page_goes_through_later(location):
    for _start in range(3):
        begins()
    ada = Phone()
    ada.page = begins(client=ada.client)
    filled = {name: values[0] for name, values in ada.filled.items()}
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1)):
        ada.sends(START, filled)
    assert ada.page.wsgi_request.path == reverse("intake_who")


def test_the_phone_is_that_of_the_location_they_chose(location, other_location):
    other_location.phone = "(303) 555-0123"
    other_location.save()
    for _start in range(3):
        begins(location="hillcrest")
    assert "(303) 555-0123" in begins(location="hillcrest").content.decode()


def test_it_is_said_in_the_language_of_the_page(location):
    for _start in range(3):
        begins()
    client = Client(headers={"accept-language": "es"})
    page = begins(client=client, language="es").content.decode()
    assert "no podemos recibir otro formulario desde esta conexión" in page
    assert "Llame al 911" in page


def test_only_a_form_that_is_begun_counts(location):
    for _try in range(5):
        assert Client().get(START).status_code == 200
        assert not began(last_name="")
        assert not began(speak="es")
    assert not FormStart.objects.exists()


def test_the_page_sent_again_is_one_start(location):
    ada = Phone().opens(START)
    details = ADA | {"ticket": ada.hidden("ticket")}
    for _press in range(3):
        ada.sends(START, details)
    assert FormStart.objects.count() == 1
    for _start in range(2):
        began("127.0.0.1")
    ada.sends(START, details | {"phone": "207 555 0199"})
    assert ada.page.wsgi_request.path == reverse("intake_who"), "a slip is mended, however many were begun"
    assert Patient.objects.filter(phone="207 555 0199").count() == 1
    assert Intake.objects.count() == 3


def test_what_staff_begin_and_what_a_link_opens_is_not_counted(location, priya, sign_in):
    contact = {
        "first_name": "Ada",
        "last_name": "Quill",
        "date_of_birth": timezone.localdate().replace(year=1982, day=1),
        "email": "ada@patients.example",
        "phone": "",
        "language": "en",
        "location": location,
    }
    for _start in range(5):
        paper.start_on_paper(by=priya, **contact)
        intakes.invite_patient(by=priya, **contact)
        assert began(client=sign_in(priya))
    assert not FormStart.objects.exists()


def test_racing_starts_are_counted_one_by_one(transactional_db, location):
    ticket = Client().get(START).context["form"]["ticket"].value()

    def begins_with(**of_the_page):
        return Client().post(START, ADA | of_the_page, REMOTE_ADDR=HERE).status_code

    told = at_once(*[lambda: begins_with(ticket=ticket)] * 3, *[begins_with] * 3)
    assert Intake.objects.count() == FormStart.objects.count() == 3
    assert len(set(told[:3])) == 1, "the same page, pressed three times at once, is one start"
    assert set(told) <= {302, 429}


def test_no_address_is_kept_and_after_a_day_nothing_is(location):
    begins()
    assert HERE.encode() not in bytes(FormStart.objects.get().network_key)
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        forget_starts()
        assert FormStart.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        forget_starts()
        assert not FormStart.objects.exists()
