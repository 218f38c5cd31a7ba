"""Two patients in two windows of one phone: what is sent from a page goes to the form it belongs to, or nowhere."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import secret_of
from intake.door import form_links
from intake.door.status_links import link_to_status
from intake.models import Case, FollowUp, Intake, Patient, Respondent, UnsentPage
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone, page_address

pytestmark = pytest.mark.django_db

ADA_BORN = {f"confirm-date_of_birth_{part}": ADA[f"date_of_birth_{part}"] for part in ("month", "day", "year")}
BEA_BORN = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}
SAFETY = page_address("safety-check")


@pytest.fixture
def ada(location, maya):
    """Ada's window, at the questions about danger."""
    return Phone().starts().opens_page("safety-check")


@pytest.fixture
def bea(location):
    return factories.patient(at=location, first_name="Bea", last_name="Stone")


@pytest.fixture
def beas(ada, bea):
    """Bea opens her form in another window of the same browser."""
    return opens_beside(ada, bea)


def opens_beside(window, patient):
    intake = factories.intake(of=patient)
    Respondent.objects.get_or_create(intake=intake, defaults={"kind": "patient"})
    Phone(beside=window).sends(f"/l/{secret_of(form_links.link_to(intake))}/", BEA_BORN)
    return intake


def saved(intake):
    intake.refresh_from_db()
    return intake.answers


def test_an_emergency_answer_of_ada_waits_for_her_date_of_birth_and_is_never_beas(ada, beas):
    adas = Intake.objects.exclude(pk=beas.pk).get()
    ada.presses_save("safety-check", emergency_now=["saddle_numb"])
    assert ada.page.status_code == 403
    assert "Another form was opened on this device" in ada.text
    assert "emergency_now" not in saved(beas) | saved(adas)

    sent = ada.filled | ADA_BORN
    ada.sends(reverse("intake_resume"), sent, follow=False)
    assert (ada.page.status_code, ada.page["Location"]) == (307, SAFETY)
    ada.sends(SAFETY, sent)
    assert ada.page.wsgi_request.path == reverse("intake_emergency")
    assert saved(adas)["emergency_now"] == ["saddle_numb"]
    assert "emergency_now" not in saved(beas)
    assert Case.objects.get().patient.first_name == "Ada"


def test_beas_date_of_birth_does_not_open_adas_form(ada, beas):
    ada.presses_save("safety-check", emergency_now=["saddle_numb"])
    wrong = {f"confirm-{name}": value for name, value in BEA_BORN.items()}
    ada.sends(reverse("intake_resume"), ada.filled | wrong)
    assert ada.page.status_code == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["intake_contact", "intake_who"])
def test_details_of_ada_do_not_become_beas(ada, bea, name):
    ada.opens(name)
    opens_beside(ada, bea)
    ada.sends(reverse(name), ADA | {"kind": "patient", "whose": ada.hidden("whose")})
    assert ada.page.status_code == 403
    bea.refresh_from_db()
    assert bea.first_name == "Bea"


def test_nothing_beas_is_shown_to_ada(ada, beas):
    bea = Phone(beside=ada).opens_page("safety-check")
    bea.presses_save("safety-check", emergency_now=["unsure"])
    ada.presses_save("safety-check", emergency_now=["none"])
    assert ada.page.status_code == 403
    assert "Saved elsewhere" not in ada.text


def test_follow_up_questions_do_not_open_by_the_other_forms_answers(ada, beas):
    sent = ada.filled | {"emergency_now": ["chest_pain"]}
    answer = ada.client.post(SAFETY + "reveal/", sent, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_tick_on_adas_page_does_not_turn_it_into_beas(ada, beas):
    """Scripts follow HX-Redirect: her tick would be gone, and her next one would be an answer of Bea."""
    sent = ada.filled | {"emergency_now": ["fainted"]}
    answer = ada.client.post(SAFETY + "reveal/", sent, headers={"HX-Request": "true"})
    assert "HX-Redirect" not in answer.headers
    ada.presses_save("safety-check", emergency_now=["fainted"])
    assert "Another form was opened on this device" in ada.text
    assert not saved(beas)


def test_what_ada_typed_and_left_is_kept_with_her_own_form(ada, beas):
    ada.client.post(SAFETY + "unsent/", ada.filled | {"emergency_now": ["chest_pain"]})
    assert UnsentPage.objects.get().intake.patient.first_name == "Ada"


def test_a_page_sent_after_a_day_still_finds_its_form(ada):
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        ada.presses_save("safety-check", emergency_now=["saddle_numb"])
        assert "Confirm your date of birth" in ada.text
        sent = ada.filled | ADA_BORN
        ada.sends(reverse("intake_resume"), sent, follow=False)
        ada.sends(SAFETY, sent)
        assert ada.page.wsgi_request.path == reverse("intake_emergency")


def test_a_changed_field_is_no_key_to_somebodys_form(ada, beas):
    sent = {"version": "0", "emergency_now": ["none"], "whose": f"{beas.public_id.hex}:forged"}
    answer = Client().post(SAFETY, sent)
    assert answer.status_code == 404


def test_how_it_goes_for_ada_is_not_noted_for_bea(location, bea):
    sent = factories.case(at=location, answers=HEEL_PAIN).intake
    for intake in (sent, factories.case(of=bea, answers=HEEL_PAIN).intake):
        due = timezone.now() - timedelta(hours=1)
        FollowUp.objects.create(patient=intake.patient, intake=intake, week=2, due_at=due, activity="Walk")
    ada = Phone().sends(f"/l/{secret_of(link_to_status(sent.patient))}/", BEA_BORN).opens("follow_up")
    Phone(beside=ada).sends(f"/l/{secret_of(link_to_status(bea))}/", BEA_BORN)
    ada.sends(reverse("follow_up"), ada.filled | {"change": ["worse"], "pain": ["9"], "difficulty": ["9"]})
    assert "What you sent was not saved" in ada.text
    assert not FollowUp.objects.exclude(answered_at=None).exists()


@pytest.mark.parametrize(
    "folder", ["questionnaire", "door", "files", "emergency", "returning", "visits", "follow_up", "status"]
)
def test_every_form_of_a_patients_page_says_whose_it_is(folder):
    asks_first = {"start.html", "link.html", "link_new.html"}  # nobody's form is open on them yet
    opens_again = {"resume.html", "link_asleep.html"}  # they say so by a name of their own
    for path in (settings.BASE_DIR / "templates" / folder).glob("*.html"):
        words = re.sub(r"\s*\n\s*", "", path.read_text())
        if '{% extends "staff/base.html" %}' in words:
            continue
        if path.name in opens_again:
            assert 'name="confirm-whose"' in words
        elif path.name not in asks_first:
            assert words.count("{% csrf_token %}") == words.count("{% csrf_token %}{% whose %}"), path.name


# The first page, sent again -------------------------------------------------------------------------------------------

ZOE = {"first_name": "Zoe", "last_name": "Other", "date_of_birth_year": "1999", "email": "zoe@patients.example"}


@pytest.fixture
def first_page(location):
    """The first page as it stands behind "back", after Ada sent it and told of numbness."""
    page = Phone().opens("intake_start")
    ticket = page.hidden("ticket")
    page.sends(reverse("intake_start"), ADA | {"ticket": ticket})
    page.says_who().answers("safety-check", emergency_now=["saddle_numb"])
    page.ticket = {"ticket": ticket}
    return page


@pytest.mark.parametrize("closed", ["by a press", "by time", "not at all"])
def test_the_next_person_on_the_phone_begins_a_form_of_their_own(first_page, closed):
    if closed == "by a press":
        first_page.sends(reverse("intake_leave"))
    later = timezone.now() + timedelta(minutes=30 if closed == "by time" else 0)
    with time_machine.travel(later):
        first_page.sends(reverse("intake_start"), ADA | ZOE | first_page.ticket)
        first_page.opens("intake_check")
    assert sorted(Patient.objects.values_list("first_name", flat=True)) == ["Ada", "Zoe"]
    assert Case.objects.get().patient.first_name == "Ada"
    assert first_page.intake.answers.keys() == {"age"}


def test_the_same_details_do_not_open_a_form_that_was_closed(first_page):
    first_page.sends(reverse("intake_leave"))
    first_page.sends(reverse("intake_start"), ADA | first_page.ticket)
    assert Intake.objects.count() == 2
    assert first_page.intake.answers.keys() == {"age"}


def test_a_slip_mended_on_the_first_page_mends_the_same_form(first_page):
    first_page.sends(reverse("intake_start"), ADA | {"first_name": "Adah"} | first_page.ticket)
    assert Patient.objects.get().first_name == "Adah"
    assert Intake.objects.get().answers["emergency_now"] == ["saddle_numb"]


def test_a_birth_date_mended_there_leads_to_the_advice_when_it_makes_an_emergency(location):
    page = Phone().opens("intake_start")
    ticket = {"ticket": page.hidden("ticket")}
    page.sends(reverse("intake_start"), ADA | {"date_of_birth_year": "1995"} | ticket)
    page.says_who().answers("safety-check", emergency_now=["effort_jaw_arm"])
    page.sends(reverse("intake_start"), ADA | ticket)
    assert page.page.wsgi_request.path == reverse("intake_emergency")
