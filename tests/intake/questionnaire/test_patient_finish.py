"""Checking the answers, sending them, and what the patient is told then; forms that were left."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.links.models import Link
from intake.door import form_links
from intake.models import AlreadySubmitted, Assessment, Case, Intake, Urgency
from intake.questionnaire import actions as intakes
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, TEMPLE_HEADACHE
from tests.intake.patients import Phone, page_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(location, maya):
    return Phone().starts()


@pytest.fixture
def ready(ada):
    """Ada has answered everything about her heel."""
    return ada.has_answered(HEEL_PAIN)


def test_all_answers_are_shown_in_words_with_a_way_to_change_each(ready):
    for words in (
        "Ada Quill",
        "Bottom of the heel, right",
        "First steps in the morning",
        "Female",
    ):
        assert words in ready.text
    assert f"{page_address('where-it-hurts')}?from=check#div_id_pain_regions" in ready.html


def test_changing_one_answer_leads_back_to_the_check(ready):
    ready.opens(f"{page_address('what-it-feels-like')}?from=check")
    ready.presses_save("what-it-feels-like", pain_worst=3, symptom_quality=["sharp"], more={"from": "check"})
    assert ready.page.wsgi_request.path == reverse("intake_check")
    assert ready.intake.answers["pain_worst"] == 3


def test_a_change_that_opens_questions_leads_to_them_first(ready):
    ready.opens(f"{page_address('where-it-hurts')}?from=check")
    ready.presses_save("where-it-hurts", pain_regions=["heel_right", "big_toe_right"], more={"from": "check"})
    assert "big_toe_signs" in ready.asks


def test_missing_answers_are_named_with_links_and_sending_is_refused(ada):
    ada.answers("safety-check", emergency_now=["none"])
    ada.submits()
    assert ada.page.status_code == 422
    assert "questions still need an answer" in ada.errors
    assert f"{page_address('where-it-hurts')}?from=check" in ada.html
    assert ada.intake.submitted_at is None
    assert Case.objects.count() == 0


def test_sending_assesses_and_opens_a_case_in_one_step(ready):
    ready.submits()
    assert ready.page.wsgi_request.path == reverse("intake_done")
    assessment = Assessment.objects.get()
    assert (assessment.occasion, assessment.answers) == ("submit", ready.intake.answers)
    assert ready.case.opened_because == Case.OpenedBecause.SUBMITTED


def test_sending_twice_is_once(ready):
    ready.comes_to_sign()
    signed = {"version": ready.hidden("version")} | ready.signature
    for _press in range(2):
        ready.sends(reverse("intake_submit"), signed)
        assert "We received them on" in ready.text
    assert (Assessment.objects.count(), Case.objects.count()) == (1, 1)


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 50])
def test_answers_changed_since_the_check_are_looked_at_again(ready, version):
    ready.submits(version=version)
    assert "look once more" in ready.text
    assert ready.intake.submitted_at is None


def test_reading_the_submit_address_sends_nothing(ready):
    assert ready.client.get(reverse("intake_submit")).headers["Location"] == reverse("intake_check")
    assert ready.intake.submitted_at is None


def test_a_routine_patient_is_told_to_book_and_given_self_care(ready):
    ready.submits()
    assert "You can book now" in ready.text
    assert "Ease off what makes it worse" in ready.text
    assert "one swollen calf" in ready.text, "the listed signs of a foot"
    assert "drooping eyelid" not in ready.text
    assert "(207) 555-0142" in ready.text


def test_a_soon_patient_is_told_of_the_week_and_no_specialist_is_named(ada):
    ada.has_answered(FOOT_DROP)
    ada.submits()
    assert "within the next 7 days" in ada.text
    assert "neurologist" not in ada.text.lower()


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 11, 18, 15, 0, tzinfo=UTC), "A clinician will call you today"),
        (datetime(2026, 11, 21, 15, 0, tzinfo=UTC), "We are closed now and open Monday, November 23 at 8:00 AM:"),
    ],
)
def test_an_urgent_patient_is_told_when_the_call_comes(location, maya, now, words):
    with time_machine.travel(now):
        ada = Phone().starts().has_answered(TEMPLE_HEADACHE).submits()
    assert ada.intake.urgency == Urgency.URGENT
    assert words in ada.text
    assert "urgent care" in ada.text


def test_the_last_page_shows_no_answer_and_no_page_opens_again(ready):
    ready.submits()
    assert "heel, right" not in ready.text
    for address in (page_address("where-it-hurts"), reverse("intake_check"), reverse("intake_contact")):
        ready.opens(address)
        assert ready.page.wsgi_request.path == reverse("intake_done")


def test_nothing_changes_after_sending(ready):
    sent = ready.submits().intake
    ready.sends(page_address("daily-life"), {"worry_level": "9"})
    assert ready.intake == sent
    assert ready.intake.answers == sent.answers
    with pytest.raises(AlreadySubmitted):
        intakes.save_page(sent, "safety-check", {"emergency_now": ["fainted"]}, version=99)


def test_another_device_sees_only_that_the_answers_are_here(ready, monkeypatch):
    ready.submits()
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    other = Phone()
    address = f"/l/{_secret(ready.intake)}/"
    other.sends(address, {"date_of_birth_month": 3, "date_of_birth_day": 31, "date_of_birth_year": 1982})
    assert "We have your answers" in other.text
    assert "Ease off" not in other.text
    assert "(207) 555-0142" in other.text


def _secret(intake):
    from clinic.links.actions import secret_of

    return secret_of(form_links.link_to(intake))


# Left -----------------------------------------------------------------------------------------------------------------

HOURS = timedelta(hours=1)


def left_for(intake, span):
    Intake.objects.filter(pk=intake.pk).update(
        started_at=timezone.now() - span, saved_at=timezone.now() - span if intake.saved_at else None
    )


def test_a_form_that_was_left_becomes_a_case_that_says_it_was_not_screened(ada):
    ada.answers("about-you", age=60, sex_at_birth="male")
    left_for(ada.intake, 13 * HOURS)
    assert intakes.open_cases_for_abandoned(timezone.now()) == 1
    assert ada.case.opened_because == Case.OpenedBecause.NOT_SCREENED
    assert not ada.case.screened
    since = ada.intake.saved_at
    assert ada.case.acknowledge_by <= ada.case.location.opening_hours.after_working_days(since, 1)


def test_so_does_one_left_before_the_first_answer(ada):
    left_for(ada.intake, 13 * HOURS)
    assert intakes.open_cases_for_abandoned(timezone.now()) == 1


def test_a_pause_is_not_leaving(ada):
    left_for(ada.intake, 11 * HOURS)
    assert intakes.open_cases_for_abandoned(timezone.now()) == 0


def test_it_happens_once(ada):
    left_for(ada.intake, 13 * HOURS)
    assert [intakes.open_cases_for_abandoned(timezone.now()) for _run in range(2)] == [1, 0]


def test_a_flag_keeps_its_case_and_a_sent_form_its_own(ada, ready):
    ready.submits()
    left_for(ada.intake, 13 * HOURS)
    assert intakes.open_cases_for_abandoned(timezone.now()) == 0


def test_an_invitation_nobody_opened_was_not_left(maya, location):
    intake = factories.intake(at=location, invited_by=maya)
    left_for(intake, 90 * HOURS)
    assert intakes.open_cases_for_abandoned(timezone.now()) == 0


def test_an_invitation_that_was_opened_and_left_becomes_a_case(maya, location):
    """They proved who they are and saw the first question; the clock counts from there, not from the invitation."""
    intake = factories.intake(at=location, invited_by=maya)
    left_for(intake, 90 * HOURS)
    opened = timezone.now() - 13 * HOURS
    Link.objects.filter(pk=form_links.link_to(intake).pk).update(opened_at=opened)
    assert intakes.open_cases_for_abandoned(timezone.now()) == 1
    case = Case.objects.get(intake=intake)
    assert (case.opened_because, case.opened_at) == (Case.OpenedBecause.NOT_SCREENED, opened)


def test_who_comes_back_still_finishes(ada):
    left_for(ada.intake, 13 * HOURS)
    intakes.open_cases_for_abandoned(timezone.now())
    ada.has_answered(HEEL_PAIN)
    ada.submits()
    assert "We received them on" in ada.text
    assert Case.objects.count() == 1


def test_somebody_without_an_email_address_is_not_asked_about_email(location, maya):
    bea = Phone().starts(email="")
    bea.has_answered(HEEL_PAIN)
    bea.comes_to_sign()
    assert "May we email you?" not in bea.text
    bea.submits()
    assert bea.intake.submitted_at
    assert not bea.intake.patient.consents.filter(document="email").exists()
