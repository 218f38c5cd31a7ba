"""Lucía sees only in the middle of a page that there is Spanish. She switches, and nothing she typed is lost."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import secret_of
from intake.door.form_links import link_to
from intake.door.status_links import link_to_status
from intake.models import FollowUp, Intake, Patient
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone, page_address

pytestmark = pytest.mark.django_db

BORN = {"date_of_birth_month": "3", "date_of_birth_day": "31", "date_of_birth_year": "1982"}
TYPED = {"first_name": "Lucía", "last_name": "Prado", "date_of_birth_month": "x", "phone": "1"}


@pytest.fixture
def lucia(location):
    return Phone()


def test_the_first_form_keeps_what_was_typed_and_says_nothing_is_wrong(lucia):
    lucia.opens("intake_start").switches_to("es", **TYPED)
    assert lucia.page.status_code == 200
    assert '<html lang="es"' in lucia.html
    assert lucia.errors == ""
    assert "Escriba" not in lucia.text
    assert {name: lucia.filled[name] for name in TYPED} == {name: [value] for name, value in TYPED.items()}
    assert not Patient.objects.exists()


def test_mails_come_in_the_language_switched_to(lucia):
    lucia.opens("intake_start")
    assert lucia.filled["language"] == ["en"]
    assert lucia.switches_to("es").filled["language"] == ["es"]


def test_the_same_page_still_starts_one_intake_after_switching(lucia):
    lucia.opens("intake_start")
    ticket = lucia.filled["ticket"]
    assert lucia.switches_to("es").switches_to("en").filled["ticket"] == ticket


def test_the_next_pages_speak_the_language_too(lucia):
    lucia.opens("intake_start").switches_to("es").opens("home")
    assert '<html lang="es"' in lucia.html


def test_a_page_of_questions_keeps_answers_that_were_not_sent(lucia):
    lucia.starts().opens_page("safety-check")
    lucia.switches_to("es", emergency_now=["fainted", "none"])
    assert lucia.page.status_code == 200
    assert (lucia.errors, lucia.filled["emergency_now"]) == ("", ["fainted", "none"])
    assert "Desmayo" in lucia.text
    assert "emergency_now" not in Intake.objects.get().answers
    lucia.sends(page_address("safety-check"), lucia.filled | {"emergency_now": ["none"]})
    assert Intake.objects.get().answers["emergency_now"] == ["none"]


def test_a_follow_up_that_was_open_stays_open_with_its_answer(lucia):
    lucia.starts().has_answered(HEEL_PAIN).opens_page("general-health")
    lucia.switches_to("es", cancer_history="past", shown=["cancer_type"], cancer_type=["lung"])
    assert (lucia.filled["cancer_history"], lucia.filled["cancer_type"]) == (["past"], ["lung"])


def test_two_answers_to_choose_from_are_not_lost(lucia):
    lucia.starts().opens_page("safety-check")
    shown = lucia.hidden("version")
    lucia.answers("safety-check", emergency_now=["unsure"])
    lucia.sends(page_address("safety-check"), {"version": shown, "emergency_now": ["none"]})
    assert lucia.page.status_code == 409
    lucia.switches_to("es")
    assert lucia.filled["emergency_now"] == ["none"]
    assert Intake.objects.get().answers["emergency_now"] == ["unsure"]


def test_who_answers_and_contact_details(lucia):
    lucia.gives_details()
    lucia.switches_to("es", kind="helper", name="Rosa")
    assert (lucia.filled["kind"], lucia.filled["name"]) == (["helper"], ["Rosa"])
    lucia.says_who().opens("intake_contact").switches_to("en", first_name="Lucy")
    assert lucia.filled["first_name"] == ["Lucy"]
    assert lucia.intake.patient.first_name == "Ada"


def test_looking_at_a_link_in_another_language_is_no_try(lucia, location):
    link = link_to(factories.intake(at=location))
    lucia.opens(f"/l/{secret_of(link)}/").switches_to("es", date_of_birth_month="3")
    link.refresh_from_db()
    assert (link.wrong_tries, lucia.filled["date_of_birth_month"]) == (0, ["3"])


def test_what_waits_for_the_date_of_birth_goes_on_waiting(lucia):
    lucia.starts().opens_page("safety-check")
    sent = lucia.filled | {"emergency_now": ["none"]}
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        lucia.sends(page_address("safety-check"), sent).switches_to("es", **{"confirm-date_of_birth_month": "3"})
        assert '<html lang="es"' in lucia.html
        assert lucia.errors == ""
        assert (lucia.filled["emergency_now"], lucia.filled["confirm-date_of_birth_month"]) == (["none"], ["3"])
        lucia.sends(reverse("intake_resume"), lucia.filled | {f"confirm-{name}": born for name, born in BORN.items()})
    assert lucia.intake.answers["emergency_now"] == ["none"]
    assert "confirm-speak" not in lucia.html


def test_how_it_goes(lucia, location):
    sent = factories.intake(at=location, submitted=True)
    FollowUp.objects.create(patient=sent.patient, intake=sent, week=2, due_at=timezone.now(), activity="Walk")
    born = sent.patient.date_of_birth
    parts = {f"date_of_birth_{part}": getattr(born, part) for part in ("month", "day", "year")}
    lucia.sends(f"/l/{secret_of(link_to_status(sent.patient))}/", parts).opens("follow_up")
    lucia.switches_to("es", pain="7", change="worse")
    assert (lucia.filled["pain"], lucia.filled["change"]) == (["7"], ["worse"])
    assert not FollowUp.objects.answered().exists()


def test_the_page_to_sign_keeps_the_name_and_every_choice_is_made_about_the_text_that_is_read(lucia):
    lucia.starts().has_answered(HEEL_PAIN).comes_to_sign()
    lucia.switches_to("es", signed_name="Ada Quill", treatment="on", email="yes")
    assert "Acepto que me examinen" in lucia.text
    assert lucia.filled["signed_name"] == ["Ada Quill"]
    assert not {"treatment", "email"} & set(lucia.filled)
    assert lucia.intake.submitted_at is None
    lucia.sends(reverse("intake_submit"), {"version": lucia.hidden("version")} | lucia.signature)
    assert lucia.intake.submitted_at
    assert set(lucia.intake.consents.values_list("text__language", flat=True)) == {"es"}


def test_asking_for_a_visit(lucia):
    lucia.starts().has_answered(HEEL_PAIN)
    lucia.opens("intake_appointment").switches_to("es", words="Mornings")
    assert lucia.filled["words"] == ["Mornings"]
    assert not lucia.intake.appointment_requests.exists()


@pytest.mark.parametrize("language", ["", "xx", "en-gb"])
def test_a_language_we_do_not_speak_is_an_ordinary_press(lucia, language):
    lucia.opens("intake_start").sends(reverse("intake_start"), TYPED | {"speak": language})
    assert lucia.page.status_code == 422


def test_enter_presses_the_button_of_the_form_and_not_the_switch(lucia):
    """A browser takes the first button that belongs to a form. It must not be one that changes the language."""
    lucia.opens("intake_start")
    first = re.search(r'<button[^>]*form="answers"[^>]*>', lucia.html)[0]
    assert "name=" not in first
    assert 'tabindex="-1"' in first
