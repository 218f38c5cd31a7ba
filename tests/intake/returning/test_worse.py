"""Somebody got worse after their form was sent: they are asked about danger at once, and staff know at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.messages.models import Message
from intake import triage
from intake.models import Case, CaseEvent, Intake, Respondent, Urgency
from intake.questionnaire import actions as intakes
from intake.returning.actions import start_again
from intake.review import actions as cases
from intake.review.emails import CaseNeedsYou
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS
from tests.at_once import at_once

pytestmark = pytest.mark.django_db

WORSE = Intake.Occasion.WORSE
HISTORY = {
    "goal": "walk the dog",
    "goal_difficulty": 6,
    "activities_limited": ["walking", "sport"],
    "care_before": "yes",
    "imaging_done": ["xray"],
    "anything_else": "It began in spring.",
}


@pytest.fixture
def ada(location, maya):
    """A patient whose ordinary form was sent and decided on."""
    case = factories.case(at=location, answers=HEEL_PAIN | HISTORY)
    Respondent.objects.get_or_create(intake=case.intake, defaults={"kind": Respondent.Kind.PATIENT})
    factories.decision(on=case, by=maya)
    return case.patient


def test_no_answer_that_could_show_a_danger_comes_along(ada):
    intake = start_again(ada, occasion=WORSE)

    screening = triage.screening_questions(triage.shipped())
    assert screening & (intake.answers.keys() | intake.carried.keys()) == {"age"}  # from the birth date, as always
    assert intake.answers["age"] == ada.age_on(timezone.localdate())
    assert triage.next_page(triage.shipped(), intake.answers, seen=intake.pages_done).id == "safety-check"


def test_what_is_no_danger_is_not_asked_again(ada):
    intake = start_again(ada, occasion=WORSE)

    assert intake.carried["goal"] == "walk the dog", "offered on the page with their own words"
    assert "imaging_done" not in intake.answers, "it can calm a neck that does not turn"
    assert "body-balance" in intake.pages_done
    asked = {
        page.id
        for page in triage.pages(triage.shipped())
        if page.id not in intake.pages_done and page.id != "anything-else"
    }
    screening = triage.screening_questions(triage.shipped())
    assert all(screening & set(triage.find_page(triage.shipped(), page).questions) for page in asked)


def test_a_number_of_last_time_and_words_of_last_time_are_not_todays(ada):
    intake = start_again(ada, occasion=WORSE)
    assert "goal_difficulty" not in intake.answers.keys() | intake.carried.keys()
    assert "anything_else" not in intake.answers.keys() | intake.carried.keys()


def test_staff_have_a_case_before_a_single_question_is_answered(ada, maya):
    case = start_again(ada, occasion=WORSE, words="By the button.").case

    assert case.opened_because == Case.OpenedBecause.WORSE
    assert (case.urgency, case.rules_urgency) == (Urgency.SOON, Urgency.ROUTINE)
    assert not case.screened
    assert cases.needs_contact(case)
    within = case.location.opening_hours.after_working_days(case.opened_at, 1)
    assert case.acknowledge_by <= within
    assert case.decide_by <= within
    assert case.events.get(kind=CaseEvent.Kind.OPENED).words == "By the button."
    announced = Message.objects.filter(kind="case_needs_you", subject_id=case.public_id).earliest("due_at")
    assert CaseNeedsYou.people(announced) == [maya]


def test_pressed_twice_is_one(ada):
    first = start_again(ada, occasion=WORSE)
    assert start_again(ada, occasion=WORSE) == first
    assert Case.objects.filter(patient=ada, opened_because="worse").count() == 1


@pytest.mark.django_db(transaction=True)
def test_pressed_in_two_windows_at_the_same_moment_is_one(ada):
    assert len(set(at_once(*[lambda: start_again(ada, occasion=WORSE).pk] * 2))) == 1
    assert Case.objects.filter(opened_because="worse").count() == 1


@pytest.mark.parametrize("saved", [False, True])
def test_pressed_another_day_asks_everything_again(ada, saved):
    """Also when a page was saved an hour ago: the first answers of that report are 13 hours old."""
    first = start_again(ada, occasion=WORSE)
    hour_ago, day_before = (timezone.now() - timedelta(hours=hours) for hours in (1, 13))
    Intake.objects.filter(pk=first.pk).update(started_at=day_before, saved_at=hour_ago if saved else None)
    assert start_again(ada, occasion=WORSE) != first


def test_pressed_again_the_same_day_is_the_same_report(ada):
    first = start_again(ada, occasion=WORSE)
    Intake.objects.filter(pk=first.pk).update(started_at=timezone.now() - timedelta(hours=11))
    assert start_again(ada, occasion=WORSE) == first


def test_pressed_after_the_case_was_decided_opens_another(ada, maya):
    first = start_again(ada, occasion=WORSE)
    factories.decision(on=first.case, by=maya, reason="explained", words="Spoke with her doctor.")
    assert start_again(ada, occasion=WORSE).case != first.case


def test_an_emergency_answer_raises_the_case_at_once(ada):
    intake = start_again(ada, occasion=WORSE)
    saved = intakes.save_page(intake, "safety-check", {"emergency_now": ["saddle_numb"]}, version=intake.version)

    assert saved.newly_emergency
    case = Case.objects.get(intake=intake)
    assert (case.urgency, case.status) == (Urgency.EMERGENCY, Case.Status.WAITING)
    assert case.screened, "a rule says what to do; nobody has to be told that nothing was asked"
    assert cases.needs_contact(case)
    assert case.opened_because == Case.OpenedBecause.WORSE


def test_it_stays_soon_when_no_rule_says_more(ada):
    """The patient says they got worse; that no rule matched does not make it routine."""
    intake = start_again(ada, occasion=WORSE)
    intakes.save_page(intake, "safety-check", {"emergency_now": ["none"]}, version=intake.version)
    intake.refresh_from_db()
    assert Case.objects.get(intake=intake).urgency == Urgency.SOON
    assert intake.urgency == Urgency.SOON  # so the last page says "within the next 7 days", not "book now"


def test_a_dangerous_answer_brings_the_clock_forward(ada):
    intake = start_again(ada, occasion=WORSE)
    soon = intake.case.decide_by
    for page in triage.pages(triage.shipped()):
        given = {name: SADDLE_NUMBNESS[name] for name in page.questions if name in SADDLE_NUMBNESS}
        intake.refresh_from_db()
        intakes.save_page(intake, page.id, given, version=intake.version)
    case = Case.objects.get(intake=intake)
    assert case.urgency == Urgency.EMERGENCY
    assert case.decide_by < soon


def test_a_form_that_is_left_needs_no_second_case(ada):
    intake = start_again(ada, occasion=WORSE)
    assert intakes.open_cases_for_abandoned(timezone.now() + timedelta(days=2)) == 0
    assert intake.case.opened_because == Case.OpenedBecause.WORSE


def test_who_answers_is_known_when_it_is_the_patient(ada):
    assert start_again(ada, occasion=WORSE).respondent.kind == Respondent.Kind.PATIENT


def test_who_answers_is_asked_when_it_was_somebody_else(location):
    case = factories.case(at=location)
    Respondent.objects.update_or_create(
        intake=case.intake, defaults={"kind": "helper", "name": "Bea Quill", "relationship": "daughter"}
    )
    assert not Respondent.objects.filter(intake=start_again(case.patient, occasion=WORSE)).exists()
