"""From their page the patient says that they come to a visit at the clinic, or cannot; the desk finds another time."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from intake.visits import actions
from tests import factories
from tests.referrals.status_page import Page, at
from tests.referrals.told.house import NOON
from tests.referrals.told.walking import post

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=9)


@pytest.fixture(autouse=True)
def noon():
    with at(NOON):
        yield


@pytest.fixture
def visit(location, priya):
    return books(factories.appointment_request(at=location), priya, NOON + DAYS)


@pytest.fixture
def phone(visit):
    return Page(visit.patient)


def books(visit, by, starts_at):
    return actions.book(visit, starts_at=starts_at, by=by, seen=actions.stamp(visit))


def says(phone, visit, answer, **other):
    said = {"whose": phone.hidden("whose"), "number": phone.hidden("number"), answer: "1"} | other
    return phone.sends(reverse("status_visit", args=[visit.public_id]), said)


def test_who_comes_says_so_and_nobody_has_to_do_anything(visit, phone, sign_in, priya):
    assert "Can you come?" in phone.text
    says(phone, visit, "comes")
    assert "You told us that you come." in phone.opens("status").text
    assert "Put it in my calendar" in phone.text
    at_desk = sign_in(priya).get(reverse("requests")).text
    assert "The patient comes" in at_desk
    assert "No request waits" in at_desk
    assert not Message.objects.filter(kind="visit_cannot_come").exists()


def test_who_cannot_come_is_in_the_desks_lists_and_reads_by_when_we_answer(visit, phone, sign_in, priya):
    says(phone, visit, "cannot")
    assert "We find another time for you" in phone.opens("status").text
    assert "Put it in my calendar" not in phone.text
    browser = sign_in(priya)
    assert "Another time: they cannot come on" in browser.get(reverse("requests")).text
    assert "Find another time: they cannot come" in browser.get(reverse("today")).text
    assert "The patient cannot come" in browser.get(reverse("appointment_request", args=[visit.public_id])).text
    with post(takes=True):
        sweep(timezone.now())
    assert Message.objects.filter(kind="visit_cannot_come", recipient=priya.email, status="sent").exists()
    visit.refresh_from_db()
    assert visit.answer_by.date() == NOON.date(), "today, before the doors close"


def test_nobody_is_reminded_of_a_visit_they_cannot_come_to(visit, phone):
    says(phone, visit, "cannot")
    with at(visit.starts_at - timedelta(hours=23)), post(takes=True):
        sweep(timezone.now())
    assert set(Message.objects.filter(kind="visit_reminder").values_list("status", flat=True)) == {"skipped"}


def test_another_time_is_asked_about_anew(visit, phone, sign_in, priya):
    says(phone, visit, "cannot")
    visit.refresh_from_db()
    books(visit, priya, NOON + DAYS + timedelta(days=1))
    assert "Can you come?" in phone.opens("status").text
    assert "No request waits" in sign_in(priya).get(reverse("requests")).text
    assert [line.patient_says for line in visit.history.order_by("pgh_id")][-2:] == ["cannot", ""]


def test_the_words_of_the_desk_change_nothing_of_what_was_said(visit, phone, priya):
    says(phone, visit, "comes")
    visit.refresh_from_db()
    actions.book(visit, starts_at=visit.starts_at, answer="Park behind.", by=priya, seen=actions.stamp(visit))
    assert "You told us that you come." in phone.opens("status").text


def test_a_visit_is_off_whatever_they_said(visit, phone, priya):
    says(phone, visit, "cannot")
    visit.refresh_from_db()
    actions.close(visit, answer="Call us for another.", by=priya, seen=actions.stamp(visit))
    assert "This appointment is off" in phone.opens("status").text
    assert "Can you come?" not in phone.text


def test_an_answer_to_a_time_that_has_changed_is_not_taken(visit, phone, priya):
    books(visit, priya, NOON + DAYS + timedelta(days=1))
    says(phone, visit, "comes")
    assert "Your appointment has changed" in phone.text
    visit.refresh_from_db()
    assert visit.patient_says == ""


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "-1"])
def test_no_number_is_too_odd(visit, phone, number):
    says(phone, visit, "comes", number=number)
    assert "Your appointment has changed" in phone.text


def test_nobody_answers_for_somebody_else(visit, location):
    other = Page(factories.intake(at=location, submitted=True).patient)
    where = reverse("status_visit", args=[visit.public_id])
    said = {"whose": other.hidden("whose"), "number": visit.number_of_its_time, "comes": "1"}
    assert other.sends(where, said).page.status_code == 404
    visit.refresh_from_db()
    assert visit.patient_says == ""


def test_the_desk_sees_that_they_cannot_come_before_it_moves_the_visit(visit, phone, priya):
    looked = actions.stamp(visit)
    says(phone, visit, "cannot")
    with pytest.raises(actions.RequestChanged):
        actions.book(visit, starts_at=NOON + 2 * DAYS, by=priya, seen=looked)
