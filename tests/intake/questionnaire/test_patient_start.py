"""Before the questions: the first page, and who the patient is."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.links.models import Link
from clinic.messages.models import Message
from intake.models import Intake, Patient
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.patients import ADA, Phone
from tests.source import one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(location):
    return Phone()


def test_the_first_page_tells_where_to_call_and_how_to_begin(ada, other_location):
    ada.opens("home")
    assert ada.page.status_code == 200
    assert ada.text.count("(207) 555-0142") == 2
    assert "Emergency? Call 911" in ada.text
    assert reverse("intake_start") in ada.html
    assert reverse("account_login") in ada.html


@pytest.mark.nobody_treats
def test_the_first_page_stands_where_nobody_treats_yet(location):
    assert Phone().opens("home").page.status_code == 200


def test_a_patient_starts_without_an_account_and_meets_the_first_question(ada):
    ada.starts(insurance_plan="Northern Mutual PPO", needs_interpreter="on")
    assert ada.asks == ["emergency_now"]
    patient = ada.intake.patient
    assert (patient.full_name, patient.date_of_birth) == ("Ada Quill", date(1982, 3, 31))
    assert (patient.needs_interpreter, patient.insurance_plan) == (True, "Northern Mutual PPO")
    assert Link.objects.live().filter(subject_id=ada.intake.public_id).count() == 1


def test_who_referred_them_and_where_they_live_is_asked_and_need_not_be_said(ada, maya, sign_in):
    """What was said stands on the page of answers, on the case and, in Spanish, under words of its own."""
    ada.starts(referred_by="Dr. Lund, Ashport", address="12 Mill Street, Ashport")
    patient = ada.intake.patient
    assert (patient.referred_by, patient.address) == ("Dr. Lund, Ashport", "12 Mill Street, Ashport")
    assert patient.history.latest("pgh_id").address == "12 Mill Street, Ashport"
    ada.opens("intake_check")
    assert "Dr. Lund, Ashport" in ada.html
    assert "12 Mill Street, Ashport" in ada.html
    case = factories.case(of=patient, answers=SADDLE_NUMBNESS)
    page = one_line(sign_in(maya).get(case.get_absolute_url()).text)
    assert "<dt>Referred by</dt> <dd>Dr. Lund, Ashport</dd>" in page
    assert "<dt>Address</dt> <dd>12 Mill Street, Ashport</dd>" in page
    assert "Help goes to <b>12 Mill Street, Ashport</b>, if they are at home." in page
    assert "Quién le envió" in Client(HTTP_ACCEPT_LANGUAGE="es").get(reverse("intake_start")).text

    silent = factories.case(at=patient.location, answers=SADDLE_NUMBNESS)
    page = one_line(sign_in(maya).get(silent.get_absolute_url()).text)
    assert "No address is on file: ask where they are." in page
    assert "Referred by" not in page


def test_the_reminders_to_finish_are_in_the_outbox_from_the_start(ada):
    ada.starts()
    assert Message.objects.filter(kind="finish_intake", subject_id=ada.intake.public_id).count() == 2


def test_the_cookie_says_nothing_and_scripts_cannot_read_it(ada):
    ada.starts()
    cookie = ada.client.cookies["plumbline_intake"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "Quill" not in cookie.value


def test_the_page_says_that_nobody_is_watching(ada):
    ada.opens("intake_start")
    assert "Nobody is watching this form right now" in ada.text
    assert "If your answers look serious, we may call you before you finish." in ada.text


def test_everything_that_is_missing_is_named_at_once_and_what_was_typed_stays(ada):
    ada.opens("intake_start")
    ada.sends(reverse("intake_start"), {"last_name": "Quill"})
    assert ada.page.status_code == 422
    for words in ("first name", "date of birth", "phone number or an email", "language"):
        assert words in ada.errors
    assert 'value="Quill"' in ada.html
    assert "Error:" in ada.html
    assert not Patient.objects.exists()


@pytest.mark.parametrize("reach", [{"phone": ""}, {"email": ""}])
def test_a_phone_or_an_email_is_enough(ada, reach):
    ada.starts(**reach)
    assert ada.asks == ["emergency_now"]


@pytest.mark.parametrize(
    "born",
    [
        ("2", "30", "1982"),
        ("13", "1", "1982"),
        ("0", "0", "0000"),
        ("3", "31", "82"),
        ("3", "31", "9999"),
        ("3", "31", "1799"),
        ("٣٣", "31", "1982"),
        ("Marzember", "31", "1982"),
        ("3", "", "1982"),
        ("-3", "31", "1982"),
        ("9" * 400, "31", "1982"),
        ("3", "31\x00", "1982"),
    ],
)
def test_a_nonsense_date_of_birth_is_refused_in_plain_words(ada, born):
    parts = dict(zip(("date_of_birth_month", "date_of_birth_day", "date_of_birth_year"), born, strict=True))
    ada.starts(**parts)
    assert ada.page.status_code == 422
    assert ada.errors
    assert not Intake.objects.exists()


def test_nobody_is_born_tomorrow(ada):
    tomorrow = timezone.localdate() + timedelta(days=1)
    ada.starts(date_of_birth_month=tomorrow.month, date_of_birth_day=tomorrow.day, date_of_birth_year=tomorrow.year)
    assert "in the past" in ada.errors


def test_a_leap_day_is_a_birthday(ada):
    ada.starts(date_of_birth_month="2", date_of_birth_day="29", date_of_birth_year="2000")
    assert ada.intake.patient.date_of_birth == date(2000, 2, 29)


@pytest.mark.parametrize(
    "details",
    [
        {"phone": "555"},
        {"phone": "call me", "email": ""},
        {"email": "ada@"},
        {"language": "xx"},
        {"first_name": "x" * 81},
        {"first_name": "\x00"},
    ],
)
def test_other_nonsense_is_an_error_at_its_field(ada, details):
    ada.starts(**details)
    assert ada.page.status_code == 422
    assert not Intake.objects.exists()


@pytest.mark.parametrize("name", ["O'Brien", "Ng", "María José", "Null", "<b>Ada</b>", "李"])
def test_real_names_get_through_unharmed(ada, name):
    ada.starts(last_name=name)
    assert ada.intake.patient.last_name == name


def test_pressing_twice_starts_one_intake(ada):
    ada.opens("intake_start")
    details = ADA | {"ticket": ada.hidden("ticket")}
    for _press in range(2):
        ada.sends(reverse("intake_start"), details)
        assert ada.page.wsgi_request.path == reverse("intake_who")
    assert Intake.objects.count() == 1


@pytest.mark.parametrize("ticket", ["", "tampered", "x" * 5000])
def test_a_tampered_ticket_is_no_ticket(ada, ticket):
    ada.starts(ticket=ticket)
    assert ada.asks == ["emergency_now"]


def test_a_stranger_who_types_the_same_details_learns_nothing_and_starts_anew(ada):
    ada.starts()
    ada.answers("safety-check", emergency_now=["none"])
    stranger = Phone().starts()
    assert Intake.objects.count() == 2
    assert stranger.asks == ["emergency_now"]
    assert "checked" not in re.sub(r"\bunchecked\b", "", stranger.html)


def test_with_two_locations_the_patient_chooses(ada, other_location):
    ada.starts(location="")
    assert "Choose a location." in ada.errors
    ada.starts(location="hillcrest")
    assert ada.intake.patient.location == other_location
    ada.starts(location="somewhere")
    assert "locations shown" in ada.errors


def test_the_age_is_worked_out_and_not_asked_again(ada):
    ada.starts()
    ada.answers("safety-check", emergency_now=["none"])
    assert "age" not in ada.asks
    age = ada.intake.patient.age_on(timezone.localdate())
    assert ada.intake.answers["age"] == age
    ada.has_answered(HEEL_PAIN)
    assert f"{age} (born March 31, 1982)" in ada.text
    assert f'href="{reverse("intake_contact")}#div_id_date_of_birth"' in ada.html


def test_a_slip_in_the_details_is_mended_before_sending(ada):
    ada.starts()
    ada.opens("intake_contact")
    assert 'value="Quill"' in ada.html
    ada.sends(reverse("intake_contact"), ADA | {"phone": "207 555 0199", "date_of_birth_year": "1952"})
    intake = ada.intake
    assert intake.patient.phone == "207 555 0199"
    assert intake.answers["age"] == intake.patient.age_on(timezone.localdate())
    assert intake.changes.get().question == "age", "the age by the first date is kept beside"


def test_waiting_mails_follow_a_new_address_and_language(ada):
    ada.starts()
    ada.sends(reverse("intake_contact"), ADA | {"email": "new@patients.example", "language": "es"})
    waiting = Message.objects.filter(subject_id=ada.intake.public_id)
    assert set(waiting.values_list("recipient", "language")) == {("new@patients.example", "es")}
    ada.sends(reverse("intake_contact"), ADA | {"email": ""})
    assert set(waiting.values_list("status", flat=True)) == {"skipped"}


def test_the_language_they_ask_for_is_the_one_the_questions_are_in(ada):
    ada.starts(language="es")
    assert '<html lang="es"' in ada.html
    assert ada.intake.language == "es"


def test_the_first_page_offers_to_go_on_with_what_was_begun_here(ada):
    assert "An intake was begun" not in ada.opens("home").text
    ada.starts()
    assert "An intake was begun" in ada.opens("home").text
    assert "Quill" not in ada.html


def test_every_page_a_patient_sees_of_their_data_is_logged(ada):
    ada.starts()
    seen = list(AccessLog.objects.order_by("pk").values_list("actor", "page", "patient_id"))
    assert seen == [("patient", page, ada.intake.patient_id) for page in ("intake_who", "intake_page")]
