"""Ada gave an email address and no phone number: nobody can call her, so no page says that somebody will."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from intake.emergency.danger import danger_of
from intake.models import Case, Contact, Intake
from intake.returning.actions import start_again
from intake.review import actions as cases
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN
from tests.intake.patients import Phone
from tests.referrals.status_page import Page

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # Tuesday, 10 a.m. at the clinic
FRIDAY_NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
UNSURE = HEEL_PAIN | {"emergency_now": ["unsure"]}
THOUGHTS = HEEL_PAIN | {"worry_level": 9, "low_mood": "every_day", "self_harm": "thoughts"}
NO_PHONE = "We have no phone number for you"
PROMISES = ("will call you", "we call you", "We call you", "A therapist calls you", "call sooner", "your phone near")


@pytest.fixture
def ada(location, maya):
    return Phone().starts(phone="")


@pytest.fixture
def unreachable(location):
    return factories.patient(at=location, phone="")


def promises(page) -> list[str]:
    return [promise for promise in PROMISES if promise in page.text]


def sent(answers) -> Phone:
    return Phone().starts(phone="").answers_everything(answers).submits()


# What is urgent -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "title", "says"),
    [
        (DAY, "Urgent: call us now", f"{NO_PHONE}. Please call us now."),
        (FRIDAY_NIGHT, "Urgent: call us when we open", "open Monday, November 23 at 8:00 AM. Please call us then."),
    ],
    ids=["open", "closed"],
)
@pytest.mark.parametrize("answers", [UNSURE, THOUGHTS], ids=["the body", "thoughts"])
def test_whoever_has_something_urgent_is_asked_to_call(location, maya, moment, title, says, answers):
    with time_machine.travel(moment):
        ada = sent(answers)
        for page in ("intake_done", "status", "intake_appointment"):
            ada.opens(page)
            assert promises(ada) == []
            danger = ada.html.split('id="danger"')[1].split("</section>")[0]
            assert all(words in danger for words in (title, says, location.phone))
            assert ("urgent care" in danger) is (answers == UNSURE)
            assert ("Call or text 988" in danger) is (answers == THOUGHTS)
        assert promises(ada.opens("status_worse")) == []


@pytest.mark.parametrize("hours", [{}, None], ids=["no hours are known", "hours are known"])
def test_a_call_nobody_promised_is_never_late(location, unreachable, hours):
    if hours is not None:
        location.hours = hours
        location.save()
    case = factories.case(of=unreachable, answers=UNSURE)
    Case.objects.filter(pk=case.pk).update(decide_by=DAY - timedelta(hours=1))
    with time_machine.travel(DAY, tick=False):
        assert not danger_of(unreachable, "en").late
        ada = Page(unreachable)
    assert "Please call us now." in ada.text
    assert "late" not in ada.text
    assert "You call us" in ada.text


def test_whoever_called_us_is_told_to_do_what_we_said(location, maya, unreachable):
    case = factories.case(of=unreachable, answers=UNSURE)
    cases.record_contact(case, outcome=Contact.Outcome.REACHED, safety_advice_given=True, words="", by=maya)
    danger = danger_of(unreachable, "en")
    assert danger.title == "Urgent: do what we told you"
    assert danger.says[0] == "We spoke with you. Do what we told you."
    assert not danger.calls_us


# What can wait --------------------------------------------------------------------------------------------------------


def test_who_should_talk_with_us_soon_is_told_by_when_to_call(location, maya):
    with time_machine.travel(DAY):
        ada = sent(FOOT_DROP)
    assert f"{NO_PHONE}. Please call us by Tuesday, December 1." in ada.text
    assert "When you call, we add it." in ada.text


def test_nobody_with_a_phone_is_asked_to_call_in_its_place(location, maya):
    with time_machine.travel(DAY):
        assert NO_PHONE not in Phone().starts().answers_everything(FOOT_DROP).submits().text
    assert NO_PHONE not in sent(HEEL_PAIN).text, "nothing on this page said that we call"


def test_got_worse(location, maya):
    ada = sent(HEEL_PAIN).opens("intake_worse")
    asked = f"{NO_PHONE}. Please call us by the end of the next working day."
    assert asked in ada.text
    assert promises(ada) == []
    ada.sends(reverse("intake_worse")).answers_everything(HEEL_PAIN).submits()
    assert asked in ada.text
    assert promises(ada) == []


@pytest.mark.parametrize("late", [False, True])
def test_a_form_that_is_not_sent(unreachable, late):
    factories.intake(of=unreachable, answers=HEEL_PAIN, submitted=True)
    begun = start_again(unreachable, occasion=Intake.Occasion.WORSE)
    if late:
        Case.objects.filter(intake=begun).update(acknowledge_by=timezone.now() - timedelta(hours=1))
    ada = Page(unreachable)
    assert "You call us." in ada.text
    assert f"Your form is not sent yet, and {NO_PHONE[0].lower()}{NO_PHONE[1:]}." in ada.text
    assert ("By when" in ada.text) is not late
    assert "We are late" not in ada.text
    assert promises(ada) == []


def test_leaving_for_later(ada):
    ada.answers("safety-check", emergency_now=["none"]).opens("intake_save")
    assert f'href="{reverse("intake_contact")}"' in ada.html
    assert promises(ada) == []
    assert "we may call you" not in ada.text


def test_a_visit_that_was_asked_for(location, unreachable):
    request = factories.appointment_request(at=location)
    request.patient.phone = ""
    request.patient.save()
    ada = Page(request.patient).opens("status_appointment")
    assert "so please look there, or call us." in ada.text
    assert promises(ada) == []


# What she signs -------------------------------------------------------------------------------------------------------


def test_calls_in_place_of_mails_cannot_be_chosen(ada):
    ada.answers_everything(HEEL_PAIN).comes_to_sign()
    assert "No, call me" not in ada.text
    assert "Go back and add a phone number" in ada.text
    ada.submits(email="no")
    assert ada.page.status_code == 422
    assert f"{NO_PHONE}. Go back and add one, or choose “Yes”." in ada.errors
    assert ada.intake.submitted_at is None
    assert not ada.intake.consents.exists()
    assert ada.submits().intake.submitted_at


def test_they_can_once_she_has_added_a_number(ada):
    ada.answers_everything(HEEL_PAIN).opens("intake_contact")
    ada.sends(reverse("intake_contact"), ada.filled | {"phone": "207 555 0111"}).comes_to_sign()
    assert "No, call me" in ada.text
    assert ada.submits(email="no").intake.submitted_at
