"""A form nobody uses for a while closes; the date of birth opens it again, and nothing that was typed is lost."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import wake, withdraw
from clinic.links.models import Link
from intake.models import Intake, UnsentPage, Urgency
from tests.intake.door.test_patient_links import RIGHT, WRONG
from tests.intake.patients import Phone, page_address

pytestmark = pytest.mark.django_db

LIMIT = timedelta(minutes=20)
DANGER = "safety-check"
CLOSED = "Confirm your date of birth to go on"


def confirmed(date):
    return {f"confirm-{name}": value for name, value in date.items()}


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def ada(location, clock):
    ada = Phone().starts()
    ada.answers(DANGER, emergency_now=["none"])
    return ada


def goes_on(phone, date=RIGHT, **sent):
    """Fills in the page that asks, with what it carries."""
    carried = {"confirm-to": phone.hidden("confirm-to")} | sent
    return phone.sends(reverse("intake_resume"), carried | confirmed(date))


def test_it_stays_open_while_it_is_used(ada, clock):
    for _page in range(4):
        clock.shift(LIMIT - timedelta(seconds=5))
        assert CLOSED not in ada.opens_page(DANGER).text


def test_it_closes_after_twenty_minutes_and_shows_nothing_of_the_form(ada, clock):
    clock.shift(LIMIT + timedelta(seconds=5))
    for address in (page_address(DANGER), reverse("intake_check"), reverse("intake_save"), reverse("intake_contact")):
        ada.opens(address)
        assert CLOSED in ada.text
        for secret in ("Ada", "Quill", "1982", "emergency_now"):
            assert secret not in ada.html.replace("1961", "")


def test_the_date_of_birth_opens_it_where_it_was(ada, clock):
    clock.shift(LIMIT * 2)
    ada.opens(f"{page_address(DANGER)}?from=check")
    goes_on(ada)
    assert ada.asks == ["emergency_now"]
    assert ada.page.wsgi_request.GET["from"] == "check"
    assert Link.objects.get().opened_count == 1


def test_what_was_sent_too_late_is_saved_once_the_date_is_right(ada, clock):
    ada.opens_page("about-you")
    version = ada.hidden("version")
    clock.shift(LIMIT * 2)
    sent = {"version": version, "age": "44", "sex_at_birth": "male"}
    ada.sends(page_address("about-you"), sent)
    assert ada.page.status_code == 403
    assert "What you just sent is not lost" in ada.text
    assert "sex_at_birth" not in Intake.objects.get().answers
    assert {name: ada.hidden(name) for name in sent} == sent

    goes_on(ada, WRONG, **sent)
    assert ada.page.status_code == 422
    assert "You can try 4 more times" in ada.errors
    assert {name: ada.hidden(name) for name in sent} == sent, "a wrong date loses nothing either"
    assert "sex_at_birth" not in Intake.objects.get().answers

    goes_on(ada, RIGHT, **sent)
    assert Intake.objects.get().answers["sex_at_birth"] == "male"
    assert ada.asks[0] == "pain_regions"


def test_an_emergency_answer_sent_too_late_leads_to_the_advice(ada, clock):
    ada.opens_page(DANGER)
    sent = {"version": ada.hidden("version"), "emergency_now": "saddle_numb"}
    clock.shift(LIMIT * 2)
    ada.sends(page_address(DANGER), sent)
    goes_on(ada, **sent)
    assert "Call 911 or go to the nearest emergency room now" in ada.text
    assert ada.case


def test_five_wrong_dates_lead_to_the_phone_and_put_the_link_to_sleep(ada, clock):
    clock.shift(LIMIT * 2)
    for _try in range(5):
        ada.opens("intake_resume")
        ada.sends(reverse("intake_resume"), confirmed(WRONG))
    assert "Please call us to open this form" in ada.text
    ada.sends(reverse("intake_resume"), confirmed(RIGHT))
    assert "Please call us to open this form" in ada.text
    assert Link.objects.get().asleep
    assert CLOSED not in ada.opens("intake_check").text
    assert "Check your answers" not in ada.text


def test_nonsense_is_not_counted(ada, clock):
    clock.shift(LIMIT * 2)
    for nonsense in ({}, RIGHT | {"date_of_birth_month": "x"}):
        ada.sends(reverse("intake_resume"), confirmed(nonsense))
        assert ada.page.status_code == 422
    assert Link.objects.get().wrong_tries == 0


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\\\\evil"])
def test_it_leads_nowhere_else(ada, clock, to):
    clock.shift(LIMIT * 2)
    page = ada.client.post(reverse("intake_resume"), confirmed(RIGHT) | {"confirm-to": to})
    assert page.status_code == 302
    assert page["Location"].startswith("/intake/")


def test_a_press_puts_the_end_off(ada, clock):
    clock.shift(LIMIT - timedelta(minutes=2))
    assert ada.sends(reverse("intake_stay")).page.status_code == 204
    clock.shift(LIMIT - timedelta(minutes=2))
    assert CLOSED not in ada.opens_page(DANGER).text


def test_staying_is_too_late_after_the_end(ada, clock):
    clock.shift(LIMIT * 2)
    assert ada.sends(reverse("intake_stay")).page.status_code == 403
    assert CLOSED in ada.opens_page(DANGER).text


def test_every_open_page_says_when_it_closes(ada):
    assert 'data-idle="1200"' in ada.opens_page(DANGER).html
    assert 'data-warned-for="120"' in ada.html
    assert "Are you still there?" in ada.html


def test_the_emergency_page_never_closes(ada, clock):
    ada.answers(DANGER, emergency_now=["saddle_numb"])
    assert "Are you still there?" not in ada.html
    clock.shift(LIMIT * 3)
    ada.opens("intake_emergency")
    assert "Call 911 or go to the nearest emergency room now" in ada.text
    ada.reads_the_advice()
    assert Intake.objects.get().emergency_read_at
    assert CLOSED in ada.opens("intake_check").text, "but it opens nothing else"


def test_what_was_typed_when_it_closed_is_kept(ada, clock):
    ada.opens_page("about-you")
    clock.shift(LIMIT + timedelta(seconds=2))
    ada.sends(f"{page_address('about-you')}unsent/", {"age": "51", "version": ada.hidden("version")})
    assert UnsentPage.objects.get().fields == {"age": ["51"]}
    ada.opens_page("about-you")
    goes_on(ada)
    assert "did not save it" in ada.text


def test_keeping_what_was_typed_does_not_wake_it(ada, clock):
    clock.shift(LIMIT * 2)
    ada.sends(f"{page_address('about-you')}unsent/", {"age": "51"})
    assert CLOSED in ada.opens_page("about-you").text


def test_a_follow_up_asked_for_too_late_leads_to_the_date_of_birth(ada, clock):
    clock.shift(LIMIT * 2)
    here = f"http://testserver{page_address(DANGER)}?more"
    page = ada.client.post(f"{page_address(DANGER)}reveal/", {}, headers={"HX-Request": "true", "HX-Current-URL": here})
    assert page["HX-Redirect"] == "/intake/resume/?to=%2Fintake%2Fpage%2F1%2F"


def test_the_first_page_leads_to_a_form_that_is_idle(ada, clock):
    clock.shift(LIMIT * 2)
    assert "Ada" not in ada.opens("home").html
    assert page_address("about-you") in ada.html


def test_a_day_after_it_was_opened_the_browser_has_forgotten_it(ada, clock):
    clock.shift(timedelta(hours=24, minutes=1))
    assert "No form is open on this device" in ada.opens_page(DANGER).text
    assert ada.opens("intake_resume").page.status_code == 404


def test_a_stranger_is_asked_nothing(db):
    assert Phone().opens("intake_resume").page.status_code == 404


def test_the_limit_is_a_setting():
    assert settings.PATIENT_IDLE_MINUTES == 20


# A danger among what was sent too late -------------------------------------------------------------------------------

NUMB = {"version": "0", "emergency_now": "saddle_numb"}


def main_of(phone):
    return phone.html.split("<main")[1].split("</main>")[0]


def test_the_page_that_asks_says_what_to_do_in_an_emergency(ada, clock):
    clock.shift(LIMIT * 2)
    ada.sends(page_address(DANGER), NUMB)
    assert "In an emergency, do not wait for us. Call 911." in main_of(ada)


def test_what_was_sent_waits_on_when_the_date_was_wrong_five_times(ada, clock, maya):
    """Ada calls, Maya wakes the link, and Ada goes on from the page that told her to call."""
    clock.shift(LIMIT * 2)
    ada.sends(page_address(DANGER), NUMB)
    for _try in range(5):
        goes_on(ada, WRONG, **NUMB)
    assert "the link is locked" in ada.text
    assert "Nothing is lost" not in ada.text
    assert "What you just sent is not saved yet. Nobody has seen it." in ada.text
    assert "Call 911." in main_of(ada)
    again = NUMB | {"confirm-to": ada.hidden("confirm-to"), "confirm-again": "1"}
    assert "the link is locked" in ada.sends(reverse("intake_resume"), again).text

    wake(Link.objects.get(), by=maya)
    ada.sends(reverse("intake_resume"), again)
    assert CLOSED in ada.text
    assert not ada.errors
    goes_on(ada, **NUMB)
    assert ada.page.wsgi_request.path == reverse("intake_emergency")
    assert ada.case.urgency == Urgency.EMERGENCY


@pytest.mark.parametrize("why", ["the link was withdrawn", "open for a day"])
def test_what_is_sent_to_a_form_that_is_open_no_more_is_said_not_to_be_saved(ada, clock, why):
    ada.opens_page(DANGER)
    if why == "open for a day":
        clock.shift(timedelta(hours=24, minutes=1))
    else:
        withdraw(Link.objects.get())
    ada.sends(page_address(DANGER), NUMB)
    assert ada.page.status_code == 404
    assert "What you just sent was not saved. Nobody has seen it." in ada.text
    assert "In an emergency, do not wait for us. Call 911." in main_of(ada)
    assert "What you just sent" not in ada.opens_page(DANGER).text
