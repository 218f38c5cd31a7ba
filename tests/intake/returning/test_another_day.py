"""A form is gone on with on another day: the safety check is asked once more before anything goes to a therapist."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import make_link, secret_of
from clinic.links.models import Link
from intake import triage
from intake.models import AnswerChange, Case, Intake, Urgency
from intake.questionnaire import actions as intakes
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone, page_address

pytestmark = pytest.mark.django_db

BORN = {"date_of_birth_month": "3", "date_of_birth_day": "31", "date_of_birth_year": "1982"}
CALM = {"emergency_now": ["none"]}
HOUR = timedelta(hours=1)


@pytest.fixture
def ada(clock, location, maya):
    """All answered but the last page, kept for later, and the phone put away."""
    ada = Phone().starts().has_answered_all_but_the_last(HEEL_PAIN)
    assert ada.next_page().id == "anything-else"
    return ada


def comes_back(ada) -> Phone:
    """With the link of the mail, on another device."""
    link = make_link(Link.Purpose.INTAKE, ada.intake.public_id, expires_at=timezone.now() + timedelta(days=3))
    return Phone().sends(reverse("link", args=[secret_of(link)]), BORN)


@pytest.mark.parametrize(("later", "asked"), [(11 * HOUR, False), (12 * HOUR, True), (5 * 24 * HOUR, True)])
def test_whoever_comes_back_meets_the_safety_check_first_and_empty(ada, clock, later, asked):
    clock.shift(later)
    ada = comes_back(ada)

    assert (ada.page.wsgi_request.path == page_address("safety-check")) is asked
    assert ("Please answer it once more, for today." in ada.text) is asked
    assert "emergency_now" not in ada.filled


def test_one_answer_leads_back_to_where_ada_left_off(ada, clock):
    clock.shift(25 * HOUR)
    ada = comes_back(ada)
    ada.presses_save("safety-check", **CALM)

    assert ada.page.wsgi_request.path == page_address("anything-else")
    ada.presses_save("anything-else", anything_else="No")
    assert ada.submits().page.wsgi_request.path == reverse("intake_done")
    assert not AnswerChange.objects.exists(), "the same answer is no change"


def test_what_is_new_since_then_is_an_emergency_at_once_and_the_first_answer_stays_beside(ada, clock):
    clock.shift(25 * HOUR)
    ada = comes_back(ada)
    ada.presses_save("safety-check", emergency_now=["saddle_numb"])

    assert ada.page.wsgi_request.path == reverse("intake_emergency")
    assert ada.case.urgency == Urgency.EMERGENCY
    assert AnswerChange.objects.get().before == ["none"]


@pytest.mark.parametrize("answer", [["none"], ["unsure"]])
def test_nothing_is_checked_for_them(location, clock, answer):
    ada = Phone().starts()
    ada.answers("safety-check", emergency_now=answer)
    clock.shift(13 * HOUR)

    assert "emergency_now" not in comes_back(ada).filled


def test_a_danger_that_was_told_stays_checked_until_ada_takes_it_back(location, maya, clock):
    ada = Phone().starts()
    ada.answers("safety-check", emergency_now=["saddle_numb"])
    clock.shift(13 * HOUR)
    ada = comes_back(ada)

    assert ada.opens_page("safety-check").filled["emergency_now"] == ["saddle_numb"]
    ada.presses_save("safety-check", **CALM)
    assert ada.case.urgency == Urgency.EMERGENCY, "a person looks"


@pytest.fixture
def checked(ada, clock):
    """Ada has everything answered and the page to check open, since yesterday."""
    ada.answers("anything-else", anything_else="No")
    clock.shift(13 * HOUR)
    ada = comes_back(ada).opens("intake_check")
    return ada


def test_the_page_to_check_names_it_with_the_old_answer(checked):
    assert "One question still needs an answer." in checked.text
    assert "None of these Please answer this once more, for today." in checked.text


def test_signing_and_sending_wait_for_it(checked):
    version = Intake.objects.get().version
    checked.opens(f"{reverse('intake_submit')}?version={version}")
    assert checked.page.status_code == 422
    with pytest.raises(intakes.Incomplete) as refused:
        intakes.submit_intake(Intake.objects.get(), version=version)
    assert refused.value.questions == ["emergency_now"]

    checked.answers("safety-check", **CALM)
    assert checked.page.wsgi_request.path == reverse("intake_check")
    assert checked.submits().page.wsgi_request.path == reverse("intake_done")


def test_a_page_of_yesterday_that_is_sent_unanswered_is_an_error_and_settles_nothing(ada, clock):
    clock.shift(13 * HOUR)
    ada = comes_back(ada)
    ada.presses_save("safety-check", more={"shown": ["emergency_now"]})

    assert ada.page.status_code == 422
    assert "Check each answer that fits" in ada.errors
    assert comes_back(ada).page.wsgi_request.path == page_address("safety-check")


def test_an_idle_phone_meets_it_too_unless_something_typed_waits(ada, clock):
    clock.shift(13 * HOUR)
    ada.opens_page("anything-else")
    confirms = {f"confirm-{name}": value for name, value in BORN.items()}
    confirms["confirm-to"] = page_address("anything-else")
    ada.sends(reverse("intake_resume"), confirms | {"anything_else": "No"}, follow=False)
    assert (ada.page.status_code, ada.page.url) == (307, page_address("anything-else"))
    ada.sends(reverse("intake_resume"), confirms)
    assert ada.page.wsgi_request.path == page_address("safety-check")


def test_a_form_on_paper_is_as_old_as_its_paper(ada, clock):
    Intake.objects.update(paper_code="ABCDEFGH")
    clock.shift(13 * HOUR)
    assert intakes.missing_answers(triage.shipped(), Intake.objects.get()) == []


def test_a_form_begun_before_this_was_kept_counts_from_its_first_day(ada, clock):
    Intake.objects.update(safety_answered_at=None)
    assert comes_back(ada).page.wsgi_request.path == page_address("anything-else")
    clock.shift(13 * HOUR)
    assert comes_back(ada).page.wsgi_request.path == page_address("safety-check")


def test_what_was_sent_is_never_asked_again(checked, clock):
    checked.answers("safety-check", **CALM).submits()
    clock.shift(24 * HOUR)
    assert comes_back(checked).page.wsgi_request.path == reverse("intake_done")
    assert Case.objects.count() == 1


def test_the_safety_check_is_the_page_on_which_every_symptom_is_urgent_by_itself():
    protocol = triage.shipped()
    question = protocol.questions[triage.safety_page(protocol).questions[0]]
    for option in set(question.option_ids) - set(question.exclusive):
        assert triage.screen(protocol, {question.id: [option]}).urgency >= triage.Urgency.URGENT, option
