"""Who has a case: for how long, who may take it over, what the former holder and the open page learn of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.typed.actions import signed
from intake.models import Case, CaseEvent, LostHold
from intake.review import actions as cases
from intake.review.forgotten import take_back_forgotten
from intake.review.holding import PUT_OFF_BY, SomebodyElses, put_off
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_case_page import decision, press
from tests.intake.review.test_cases import MONDAY_MORNING, agree, answered, opened, reached

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MONDAY_CLOSES = MONDAY_MORNING + timedelta(hours=9)  # at six
LEASES = [
    (SADDLE_NUMBNESS, MONDAY_MORNING + HOUR / 2),
    (TEMPLE_HEADACHE, MONDAY_MORNING + 2 * HOUR),
    (FOOT_DROP, MONDAY_CLOSES + timedelta(days=3)),
    (HEEL_PAIN, MONDAY_CLOSES + timedelta(days=1)),
]


@pytest.fixture
def daniels(location, maya, daniel):
    """Daniel has a routine case; Maya works beside him."""
    return factories.case(at=location, acknowledged_by=daniel)


def taken(case, by, *, now=MONDAY_MORNING):
    return cases.acknowledge(case, by=by, now=now)


def losses(person):
    return LostHold.objects.filter(person=person, seen_at=None)


# The lease ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answers", "until"), LEASES, ids=["emergency", "urgent", "soon", "routine"])
def test_a_case_is_held_for_half_of_the_time_there_is_to_decide(location, daniel, answers, until):
    assert taken(opened(location, answers), daniel).held_until == until


def test_it_runs_out_by_itself_and_whoever_had_it_is_told(location, maya, daniel):
    """A soon case, due in seven days: Daniel took it on Monday and forgot it. On Thursday evening it is anybody's."""
    case = taken(opened(location, FOOT_DROP), daniel)
    assert take_back_forgotten(case.held_until) == 0
    assert take_back_forgotten(case.held_until + timedelta(minutes=1)) == 1
    case.refresh_from_db()
    assert (case.status, case.acknowledged_by, case.held_until) == (Case.Status.WAITING, None, None)
    assert case.events.last().words == "Daniel Brandt had it, and did nothing about it until Mar 5, 6:00 PM."
    assert [lost.event.kind for lost in losses(daniel)] == [CaseEvent.Kind.HANDED_BACK]


def test_hours_that_make_no_sense_hold_no_case_for_ever(location, daniel):
    case = opened(location, HEEL_PAIN)
    type(location).objects.update(hours={"mon": ["18:00", "08:00"]})
    assert taken(case, daniel).held_until == MONDAY_MORNING + timedelta(days=1)


def test_what_its_holder_does_puts_the_end_off_and_what_others_do_does_not(location, maya, daniel):
    case = taken(opened(location, TEMPLE_HEADACHE), daniel)
    began = case.held_until
    reached(case, maya, now=MONDAY_MORNING + HOUR)
    assert case.held_until == began
    reached(case, daniel, now=MONDAY_MORNING + HOUR)
    assert case.held_until == began + HOUR


def test_worse_by_a_colleagues_word_it_is_held_no_longer_than_its_new_urgency_allows(location, maya, daniel):
    case = taken(opened(location, HEEL_PAIN), daniel)
    raised = cases.raise_tier(case, tier=3, by=maya, now=MONDAY_MORNING + HOUR)
    assert raised.held_until == MONDAY_MORNING + 1.5 * HOUR


def test_reading_it_puts_the_end_off_without_a_move_and_a_poll_does_not(daniels, maya, daniel, sign_in):
    soon = timezone.now() + timedelta(minutes=5)
    Case.objects.update(held_until=soon)
    sign_in(daniel).get(reverse("case_moved", args=[daniels.public_id]))
    sign_in(maya).get(daniels.get_absolute_url())
    assert Case.objects.get().held_until == soon
    sign_in(daniel).get(daniels.get_absolute_url())
    now = Case.objects.get()
    assert now.held_until > soon + HOUR
    assert now.version == daniels.version


def test_a_look_right_after_a_look_writes_nothing(location, daniel, django_assert_num_queries):
    case = taken(opened(location, TEMPLE_HEADACHE), daniel)
    assert case.location
    with django_assert_num_queries(0):
        put_off(case, by=daniel, now=MONDAY_MORNING + PUT_OFF_BY / 2)


# Taking it over -------------------------------------------------------------------------------------------------------


def test_a_colleague_takes_it_over_with_a_reason_and_both_know(daniels, maya, daniel, sign_in):
    page = sign_in(maya).get(daniels.get_absolute_url())
    assert "Take it over from Daniel Brandt" in page.text
    sent = {"over-of": daniel.public_id, "over-words": "Daniel is with a patient."}
    answer = sign_in(maya).post(reverse("take_over_case", args=[daniels.public_id]), sent, follow=True)
    assert "You have this case now. Daniel Brandt is told." in answer.text
    daniels.refresh_from_db()
    event = daniels.events.last()
    assert (daniels.acknowledged_by, event.kind, event.by) == (maya, CaseEvent.Kind.TAKEN_OVER, maya)
    assert event.words == "Daniel Brandt had it. Daniel is with a patient."
    mail = Message.objects.get(kind="case_taken_over")
    assert mail.recipient == daniel.email

    queue = sign_in(daniel).get(reverse("queue")).text
    assert "Not yours any more" in queue
    assert "Daniel is with a patient." in queue
    assert "Not yours any more" not in sign_in(maya).get(reverse("queue")).text
    sign_in(daniel).get(daniels.get_absolute_url())
    assert not losses(daniel).exists(), "who has opened the case knows"
    sweep()
    mail.refresh_from_db()
    assert mail.outcome == "This person has seen it."


def test_without_a_reason_nobody_takes_it_over(daniels, maya, daniel, sign_in):
    answer = sign_in(maya).post(reverse("take_over_case", args=[daniels.public_id]), {"over-of": daniel.public_id})
    assert answer.status_code == 422
    assert "Your colleague reads it." in answer.text
    assert Case.objects.get().acknowledged_by == daniel


def test_of_two_who_take_it_over_the_second_is_told_who_was_first(daniels, maya, daniel, location):
    una = factories.staff("Una Ulm", at=[location])
    cases.take_over(daniels, of=daniel.public_id, words="First.", by=maya)
    with pytest.raises(SomebodyElses, match="Maya Ortiz has this case"):
        cases.take_over(daniels, of=daniel.public_id, words="Second.", by=una)
    assert daniels.events.filter(kind=CaseEvent.Kind.TAKEN_OVER).count() == 1


def test_a_case_nobody_has_is_taken_and_not_taken_over(daniels, maya, daniel, sign_in):
    cases.hand_back(daniels, by=daniel)
    address = reverse("take_over_case", args=[daniels.public_id])
    sent = {"over-of": daniel.public_id, "over-words": "He is ill.", "typed_by": signed(maya, address)}
    answer = sign_in(maya).post(address, sent, follow=True)
    assert "Nobody has this case any more" in answer.text
    assert "He is ill." in answer.text, "typed words are not lost by that"
    assert not losses(daniel).exists(), "he did it himself"


def test_whoever_loses_a_case_to_worse_answers_is_told_of_it(location, maya, daniel):
    case = taken(opened(location, FOOT_DROP), daniel)
    answered(case.intake, SADDLE_NUMBNESS)
    assert [lost.event.kind for lost in losses(daniel)] == [CaseEvent.Kind.RAISED]


# Deciding a colleague's case ------------------------------------------------------------------------------------------


def test_deciding_a_colleagues_case_is_asked_about_once_and_says_whose_it_is(daniels, maya, daniel, sign_in):
    browser = sign_in(maya)
    sent = decision(daniels, verdict="otherwise", outcome="treat", reason="examined", words="Walks on heels.")
    asked = press(browser, "decide", daniels, **sent)
    assert asked.status_code == 409
    assert "Daniel Brandt has this case" in asked.text
    assert "Walks on heels." in asked.text
    assert Case.objects.get().is_open

    again = press(browser, "decide", daniels, **sent | {"instead_of": daniel.public_id})
    assert again.status_code == 302
    daniels.refresh_from_db()
    assert (daniels.status, daniels.decided_by) == (Case.Status.DECIDED, maya)
    assert [event.kind for event in daniels.events.all()][-2:] == [CaseEvent.Kind.TAKEN_OVER, CaseEvent.Kind.DECIDED]
    assert losses(daniel).exists()
    assert Message.objects.filter(kind="case_taken_over", recipient=daniel.email).exists()


def test_it_is_asked_again_when_it_is_another_colleagues_by_now(daniels, maya, daniel, location, sign_in):
    una = factories.staff("Una Ulm", at=[location])
    sent = decision(daniels, verdict="agree") | {"instead_of": daniel.public_id}
    cases.take_over(daniels, of=daniel.public_id, words="He is ill.", by=una)
    daniels.refresh_from_db()
    asked = press(sign_in(maya), "decide", daniels, **sent | {"version": daniels.version})
    assert asked.status_code == 409
    assert "Una Ulm has this case" in asked.text


@pytest.mark.parametrize("verdict", ["agree", "agree_alone"])
def test_whoever_agreed_while_the_case_was_given_to_another_chooses_anew(
    daniels, maya, daniel, location, sign_in, verdict
):
    """What was agreed to was Daniel's case, as it was; only the words are still there, and nothing is chosen."""
    una = factories.staff("Una Ulm", at=[location])
    sent = decision(daniels, verdict=verdict, words="He is ill.") | {"instead_of": daniel.public_id}
    cases.take_over(daniels, of=daniel.public_id, words="He is ill.", by=una)
    cases.raise_tier(daniels, tier=2, by=una)
    form = press(sign_in(maya), "decide", daniels, **sent).context["decision_form"]
    assert [str(form[name].value()) for name in ("verdict", "tier", "words")] == ["", "2", "He is ill."]


def test_past_the_page_nobody_decides_a_colleagues_case_unasked(daniels, maya):
    with pytest.raises(SomebodyElses):
        agree(daniels, maya)
    assert Case.objects.get().is_open


# The open page --------------------------------------------------------------------------------------------------------


def polled(browser, case, *, version, seen=None):
    headers = {"HX-Request": "true", "If-None-Match": f'"{version}"'}
    address = reverse("case_moved", args=[case.public_id])
    return browser.get(address, {"seen": version if seen is None else seen}, headers=headers)


def test_an_open_page_learns_that_its_case_moved_and_from_whom_to_whom(daniels, maya, daniel, sign_in):
    browser, seen = sign_in(daniel), daniels.version
    assert polled(browser, daniels, version=seen).status_code == 304
    cases.take_over(daniels, of=daniel.public_id, words="Daniel's patient is 51.", by=maya)
    news = polled(browser, daniels, version=seen)
    assert "Taken over from a colleague by Maya Ortiz" in " ".join(news.text.split())
    assert "Maya Ortiz has it" in news.text
    assert "is 51" not in news.text, "nothing about the patient: no look of anybody is logged for it"
    daniels.refresh_from_db()
    assert polled(browser, daniels, version=daniels.version, seen=seen).status_code == 304


def test_who_does_not_see_the_case_learns_nothing(daniels, olga, sign_in):
    assert polled(sign_in(olga), daniels, version=0).status_code == 404


def test_without_scripts_it_is_learned_at_the_next_press(daniels, maya, daniel, sign_in):
    sent = decision(daniels, verdict="agree")
    cases.take_over(daniels, of=daniel.public_id, words="He is ill.", by=maya)
    answer = press(sign_in(daniel), "decide", daniels, **sent)
    assert answer.status_code == 409
    assert "Taken over from a colleague by Maya Ortiz" in answer.text
    assert "Maya Ortiz has this case" in answer.text
