"""After the form was sent: a patient gets worse, is asked how it goes, and comes back months later."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from intake.door.status_cookie import COOKIE, open_status
from intake.door.status_links import link_to_status
from intake.follow_up.actions import answer, open_for, plan
from intake.models import Case, FollowUp, Intake, Urgency
from tests import factories
from tests.answers import HEEL_PAIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

GOAL = {"activities_limited": ["walking", "sport"], "goal": "walk the dog", "goal_difficulty": 6}
EMERGENCY = "Call 911 now or go to the nearest emergency room"


@pytest.fixture
def sent(location, maya):
    """An ordinary intake of 17 days ago: the questions after two weeks came due."""
    intake = factories.case(at=location, answers=HEEL_PAIN | GOAL).intake
    Intake.objects.filter(pk=intake.pk).update(submitted_at=timezone.now() - timedelta(days=17))
    intake.refresh_from_db()
    plan(intake)
    FollowUp.objects.filter(week=2).update(due_at=timezone.now() - timedelta(hours=1))
    return intake


def has_status_page_open(person, patient):
    """Past the link and the date of birth."""
    response = open_status(RequestFactory().get("/"), HttpResponse(), patient, link_to_status(patient))
    cookie = {"name": COOKIE.name, "value": response.cookies[COOKIE.name].value, "url": person.home}
    person.page.context.add_cookies([cookie])


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_worse_since_the_form_was_sent_is_an_emergency_at_the_first_answer(phone, computer, sent, maya, scripts):
    ada = phone(scripts=scripts)
    has_status_page_open(ada, sent.patient)
    ada.opens("/status/worse/")
    assert ada.words.index("Call 911 now") < ada.words.index("Press the button")
    ada.presses("I got worse: ask me now")
    assert ada.asked == ["emergency_now"]
    case = Case.objects.get(opened_because="worse")
    assert (case.urgency, case.screened) == (Urgency.SOON, False)

    ada.answers_page({"emergency_now": ["saddle_numb"]})
    ada.presses("Save and continue")
    assert ada.heading == EMERGENCY
    case.refresh_from_db()
    assert case.urgency == Urgency.EMERGENCY

    desk = computer()
    desk.is_signed_in(maya)
    desk.sees("The patient reported getting worse")
    desk.opens(case.get_absolute_url())
    desk.sees("Got worse since", "Call the patient first", "The earlier case")


def test_worse_in_the_browser_that_just_sent_the_form(phone, maya):
    ada = phone()
    ada.starts_an_intake()
    ada.has_answered(HEEL_PAIN)
    ada.signs_and_sends("Ada Quill")
    ada.follows("I got worse")
    ada.presses("I got worse: ask me now")
    assert ada.asked == ["emergency_now"]
    assert Case.objects.filter(opened_because="worse").count() == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_how_it_goes_after_two_weeks(phone, sent, scripts):
    ada = phone(scripts=scripts)
    has_status_page_open(ada, sent.patient)
    ada.opens("/status/follow-up/")
    ada.sees("walk the dog")
    ada.presses("Send", status=422)
    ada.sees_errors("Choose a number from 0 to 10.", "Choose one answer.")
    ada.ticks("About the same")
    ada.page.locator('[name="pain"][value="3"]').check()
    ada.page.locator('[name="difficulty"][value="unsure"]').check()
    ada.presses("Send")
    ada.sees("Your answers are saved", "There is nothing to answer right now", "Week 2")
    row = FollowUp.objects.get(week=2)
    assert (row.pain, row.difficulty, row.change, row.worse) == (3, None, "same", False)


def test_worse_after_two_weeks_goes_on_to_the_safety_questions(phone, computer, sent, maya):
    ada = phone()
    has_status_page_open(ada, sent.patient)
    ada.opens("/status/follow-up/")
    ada.ticks("Worse")
    ada.page.locator('[name="pain"][value="9"]').check()
    ada.page.locator('[name="difficulty"][value="8"]').check()
    ada.presses("Send")
    ada.sees("we ask you our safety questions now")
    assert ada.asked == ["emergency_now"]

    desk = computer()
    desk.is_signed_in(maya)
    desk.opens(Case.objects.get(opened_because="worse").get_absolute_url())
    desk.sees("Answers that got worse", "pain 9", "Nobody has seen it")
    desk.presses("I have seen this")
    desk.sees("seen by Maya Ortiz")
    assert FollowUp.objects.get(week=2).seen_by == maya


def test_coming_back_months_later(phone, sent):
    ada = phone()
    has_status_page_open(ada, sent.patient)
    ada.opens("/status/again/")
    ada.presses("Start")
    ada.answers_page({"emergency_now": ["none"]})
    ada.presses("Save and continue")
    assert ada.heading == "Is this still right?"
    for box in ada.page.locator('[value="yes"]').all():
        box.check()
    ada.presses("Save and continue")
    ada.answers_on(HEEL_PAIN | {"activities_limited": ["walking", "sport"]}, until="goal")
    ada.sees("Is this still right?")
    assert ada.page.locator("[name=goal]").input_value() == "walk the dog"
    assert ada.page.locator("[name=goal_difficulty]:checked").count() == 0
    ada.presses("Save and continue")
    assert Intake.objects.latest("pk").answers["goal"] == "walk the dog"


LOOKS = {"light": {}, "dark": {"color_scheme": "dark"}, "forced": {"forced_colors": "active"}}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_the_drawing_is_read_by_everybody(phone, sent, look):
    """axe looks at it in each look; missed weeks, zero and one value are in it."""
    FollowUp.objects.filter(week=6).update(due_at=timezone.now() - timedelta(minutes=10))
    answer(open_for(sent.patient), pain=0, difficulty=0)
    ada = phone(**look)
    has_status_page_open(ada, sent.patient)
    ada.opens("/status/follow-up/")
    ada.sees("no answer", "walk the dog")


@pytest.mark.parametrize("spoken", ["en", "es"])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_routine_heel_got_worse_in_six_pages(phone, sent, scripts, spoken):
    """Each page looks well; the last of the six is the one that sends."""
    ada = phone(scripts=scripts)
    has_status_page_open(ada, sent.patient)
    ada.page.context.add_cookies([{"name": "django_language", "value": spoken, "url": ada.home}])
    ada.opens("/status/worse/")
    ada.goes_on()
    pages, heel = [ada.asked], HEEL_PAIN | {"sex_at_birth": "female"}
    ada.answers_page({"emergency_now": ["none"]})
    ada.goes_on()
    for _page in range(6):
        here = ada.page.url.removeprefix(ada.home)
        if "check" in here:
            break
        pages.append(here)
        if "where" in here:
            ada.page.locator('[name="places"][value="heel_right"]').check()
        elif "on-file" in here:
            for box in ada.page.locator('[value="yes"]').all():
                box.check()
        else:
            ada.answers_page(heel)
        ada.goes_on()
    assert len(pages) + 1 <= 6, pages
    assert ada.page.locator("html").get_attribute("lang") == spoken
    case = Case.objects.get(opened_because="worse")
    assert case.events.filter(kind="got_worse").count() == 1


def test_a_danger_on_the_short_way_is_an_emergency_at_once(phone, sent):
    ada = phone()
    has_status_page_open(ada, sent.patient)
    ada.opens("/status/worse/")
    ada.presses("I got worse: ask me now")
    ada.answers_page({"emergency_now": ["none"]})
    ada.presses("Save and continue")
    ada.ticks("Bottom of the heel, right")
    ada.presses("Save and continue")
    for box in ada.page.locator('[value="yes"]').all():
        box.check()
    ada.presses("Save and continue")
    for _page in range(3):
        ada.answers_page(HEEL_PAIN | {"bladder_change": ["cannot_go"], "bladder_since": "days"})
        ada.presses("Save and continue")
        if ada.heading == EMERGENCY:
            return
    raise AssertionError(f"No emergency page; this is {ada.heading}")
