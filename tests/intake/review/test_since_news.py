"""What was tried or said before a case had news answers no new danger; and a decision claims no more than was done."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from intake.models import Case, Contact, Decision, FlagVerdict, Urgency
from intake.review import actions as cases
from intake.review import second_look
from intake.review.outcomes import WhatBecomes
from intake.review.reaching import NotOnRecord, needs_why_not_called, needs_word_of_advice, reaching
from intake.review.undo import undo
from referrals.letter.letter import content, first_told
from referrals.status.standing import standing
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_case_page import decision as sent_form
from tests.intake.review.test_cases import MONDAY_MORNING, agree, answered, opened, reached
from tests.source import one_line

pytestmark = pytest.mark.django_db

LATER = MONDAY_MORNING + timedelta(hours=1)
NOT_SCREENED = Case.OpenedBecause.NOT_SCREENED
CLOSED = {"reason": "not_reached", "words": "Three tries.", "becomes": WhatBecomes(outcome="closed")}
NOBODY_ANSWERED = WhatBecomes(uncontacted="no_answer", uncontacted_words="Goes to the urgent care.")


def calls(case, by, outcome="reached", *, now=MONDAY_MORNING, **said) -> Contact:
    said = {"safety_advice_given": False, "words": ""} | said
    made = cases.record_contact(case, outcome=outcome, by=by, now=now, **said)
    case.refresh_from_db()
    return made


def takes_the_steps(case, by):
    calls(case, by, "no_answer")
    calls(case, by, "message", channel="email")
    calls(case, by, "no_answer", now=MONDAY_MORNING + timedelta(days=1))


def raised(location, by, answers, **said) -> Case:
    """Somebody spoke with the patient; an hour later they tell of something worse."""
    case = opened(location, FOOT_DROP)
    calls(case, by, **said)
    return answered(case.intake, FOOT_DROP | answers, now=LATER)


def page_of(case, person, sign_in) -> str:
    return one_line(sign_in(person).get(case.get_absolute_url()).content.decode())


def refused(words):
    return pytest.raises(IntegrityError, match=words)


# A word of advice -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("log", "alone"),
    [
        ([{}], False),
        ([{"told": "wait"}], False),
        ([{"told": "emergency"}], True),
        ([{"told": "wait", "safety_advice_given": True}], True),
        ([{"outcome": "reached_other", "told": "emergency"}], True),
        ([{"outcome": "welfare_check"}], True),
        ([{"told": "wait"}, {"outcome": "welfare_check"}], True),
        ([{"outcome": "welfare_check"}, {"told": "wait"}], False),
    ],
)
def test_nobody_ends_an_emergency_alone_without_a_word_of_advice(location, maya, log, alone):
    """The attack: she calls, says "wait for us", presses Agree. The patient was told nothing that helps."""
    case = opened(location, SADDLE_NUMBNESS)
    for said in log:
        calls(case, maya, **said)
    assert needs_word_of_advice(case) is not alone
    decision = agree(case, maya)
    assert (case.status == Case.Status.DECIDED) is alone
    if not alone:
        assert "nobody is on record as told what to do" in case.events.last().words
        with refused("ends by two people"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(effective_at=MONDAY_MORNING)


def test_whoever_calls_it_an_emergency_and_tells_nobody_does_not_decide_alone(location, maya):
    case = opened(location, TEMPLE_HEADACHE)
    said = {"specialist": "emergency_department", "reason": "more_serious", "words": "Sounds like a bleed."}
    assert agree(case, maya, tier=Urgency.EMERGENCY, **said).effective_at is None


def test_the_page_says_that_a_word_of_advice_is_missing(location, maya, sign_in):
    case, missing = opened(location, SADDLE_NUMBNESS), "Nobody is on record as told what to do."
    calls(case, maya)
    assert missing in page_of(case, maya, sign_in)
    calls(case, maya, told="emergency")
    assert missing not in page_of(case, maya, sign_in)


# The clock ------------------------------------------------------------------------------------------------------------


def test_a_call_that_failed_does_not_move_the_clock_of_an_urgent_case(location, maya):
    """Never screened and urgent: each unanswered call would have bought a day."""
    case = answered(factories.intake(at=location), {"age": 30}, because=NOT_SCREENED)
    case = cases.raise_tier(case, tier=Urgency.URGENT, by=maya, now=MONDAY_MORNING)
    due = case.decide_by
    made = calls(case, maya, "no_answer")
    assert case.decide_by == due
    assert made.next_try_at == MONDAY_MORNING + timedelta(hours=1), "an urgent patient is not tried again tomorrow"


# Since the news -------------------------------------------------------------------------------------------------------


def test_a_call_before_the_emergency_is_no_call_about_it(location, maya, sign_in):
    case = raised(location, maya, SADDLE_NUMBNESS, told="specialist")
    assert cases.needs_contact(case)
    assert "What was said before the case was last opened or raised does not count." in page_of(case, maya, sign_in)
    calls(case, maya, "welfare_check", now=LATER)
    page = page_of(case, maya, sign_in)
    assert "Nothing is on record since the case was last opened or raised." in page
    assert "Before that: Mar 2, 9:00 AM, Maya Ortiz: Spoke with the patient" in page
    calls(case, maya, now=LATER)
    assert agree(case, maya).effective_at is None, "the advice was about something else"


def test_a_call_before_the_urgent_answers_is_no_contact(location, maya):
    case = raised(location, maya, TEMPLE_HEADACHE, told="specialist")
    assert needs_why_not_called(case)
    with refused("decided after contact, or says why not"), transaction.atomic():
        factories.decision(on=case, by=maya, outcome="refer")
    calls(case, maya, now=LATER)
    assert agree(case, maya).uncontacted == ""


def test_tries_and_answers_from_before_close_no_case_that_was_raised(location, maya):
    """The steps were done and the questions answered; then she fills in more, and a rule fires."""
    case = answered(factories.intake(at=location), {"age": 30}, because=NOT_SCREENED)
    calls(case, maya, asked_safety=True, words="No numbness.")
    takes_the_steps(case, maya)
    assert (reaching(case).by_phone, reaching(case).left) == (True, ())
    case = answered(case.intake, FOOT_DROP, because=NOT_SCREENED, now=MONDAY_MORNING + timedelta(days=2))
    assert (case.screened, cases.needs_contact(case)) == (False, True)
    log = reaching(case)
    assert (log.spoke, log.tries, log.by_phone, log.left[0]) == ((), (), False, "3 more of 3 tries")
    calls(case, maya, "no_answer", now=MONDAY_MORNING + timedelta(days=2))
    with pytest.raises(NotOnRecord, match="2 more of 3 tries"):
        agree(case, maya, **CLOSED)
    with pytest.raises(NotOnRecord, match="taken on the phone"):
        agree(case, maya, reason="by_phone", words="Fine.")
    fields = {"words": "x", "outcome": "closed", "refer": False}
    for reason, words in (("not_reached", "after 3 tries on 2 days"), ("by_phone", "stand in the contact log")):
        with refused(words), transaction.atomic():
            factories.decision(on=case, by=maya, reason=reason, **fields)


def test_what_was_told_before_a_case_came_back_is_not_repeated_as_if_it_were_of_now(location, maya, priya):
    case = opened(location, TEMPLE_HEADACHE)
    reached(case, maya)
    agree(case, maya, refer=True)
    case = answered(case.intake, TEMPLE_HEADACHE, because=Case.OpenedBecause.SUBMITTED, now=LATER)
    assert case.is_open
    decision = agree(case, maya, refer=True)
    [course] = standing(case.patient, LATER, "en").courses
    assert [step.title for step in course.steps] == ["You call us today"]
    assert first_told(decision) == ""
    emergency = {"to": factories.specialist(), "urgency": Urgency.EMERGENCY}
    letter = content(factories.referral(after=decision, owner=priya, **emergency), prepared_by=priya, now=LATER)
    assert letter["safety"] == ["Not reached since March 2, 2026, 10:00 AM (0 tries)."]


def test_what_staff_raise_or_reopen_is_no_news_to_them(location, maya):
    """They know what they did; the call they made stands."""
    case = opened(location, FOOT_DROP)
    reached(case, maya)
    cases.raise_tier(case, tier=Urgency.EMERGENCY, by=maya, now=LATER)
    assert agree(case, maya, specialist="emergency_department", reason="other", words="x").effective_at
    case = cases.reopen(case, by=maya, words="A letter.", now=LATER)
    assert not cases.needs_contact(case)


# What a decision claims -----------------------------------------------------------------------------------------------


def test_who_could_not_be_reached_was_not_advised(location, maya):
    case = opened(location, HEEL_PAIN)
    takes_the_steps(case, maya)
    advised = WhatBecomes(outcome="advised")
    with pytest.raises(NotOnRecord, match="is closed without contact"):
        agree(case, maya, **CLOSED | {"becomes": advised})
    with refused("is closed without contact"), transaction.atomic():
        factories.decision(on=case, by=maya, reason="not_reached", words="x", outcome="advised", refer=False)
    assert agree(case, maya, **CLOSED).effective_at


@pytest.fixture
def unreached(location, maya) -> Decision:
    """A proposal to close an emergency as not reached; it waits for a second look when the patient calls back."""
    case = opened(location, SADDLE_NUMBNESS)
    calls(case, maya, "welfare_check")
    takes_the_steps(case, maya)
    proposal = agree(case, maya, **CLOSED)
    reached(case, maya)
    return proposal


def test_nobody_agrees_that_a_patient_was_not_reached_who_was(unreached, daniel, sign_in):
    case = Case.objects.get()
    sent = {"second-version": case.version, "second-agree": "yes", "second-words": "Three tries."}
    answer = sign_in(daniel).post(reverse("second_look", args=[case.public_id]), sent)
    assert answer.status_code == 409
    assert "Not yet: still to do before closing" in one_line(answer.content.decode())
    second_look.refuse_second(unreached, version=case.version, words="She called.", by=daniel)
    assert Case.objects.get().status == Case.Status.IN_REVIEW


def test_a_proposal_the_log_does_not_carry_keeps_no_new_answers_out(unreached):
    """The patient's page failed: the proposal could not even be dropped."""
    case = answered(unreached.case.intake, SADDLE_NUMBNESS | TEMPLE_HEADACHE)
    unreached.refresh_from_db()
    assert unreached.refused_at
    assert case.status == Case.Status.IN_REVIEW


@pytest.mark.parametrize("reason", ["agree", "by_phone", "not_reached"])
def test_no_flag_is_dismissed_by_what_says_nothing_of_it(location, maya, reason):
    decision = factories.decision(on=opened(location, FOOT_DROP), by=maya)
    with refused("flag_is_dismissed_for_a_reason_of_its_own"), transaction.atomic():
        FlagVerdict.objects.create(decision=decision, rule="x", confirmed=False, reason=reason, words="x")


def test_a_call_nobody_answered_is_on_record_before_it_is_a_reason(location, maya, sign_in):
    case = opened(location, TEMPLE_HEADACHE)
    why = {"uncontacted": NOBODY_ANSWERED.uncontacted, "uncontacted_words": NOBODY_ANSWERED.uncontacted_words}
    form = sent_form(case, verdict="agree", outcome=None) | why
    answer = sign_in(maya).post(reverse("decide", args=[case.public_id]), form)
    assert "uncontacted" in answer.context["decision_form"].errors
    with pytest.raises(NotOnRecord, match="No try to reach the patient"):
        agree(case, maya, becomes=NOBODY_ANSWERED)
    with refused("called or written to stands in the contact log"), transaction.atomic():
        factories.decision(on=case, by=maya, outcome="refer", **why)
    calls(case, maya, "no_answer")
    assert agree(case, maya, becomes=NOBODY_ANSWERED).effective_at


# Undo -----------------------------------------------------------------------------------------------------------------


def test_who_takes_back_a_hand_back_has_the_case_as_it_was(location, maya):
    case = cases.acknowledge(opened(location, FOOT_DROP), by=maya, now=MONDAY_MORNING)
    had = (case.status, case.acknowledged_by, case.acknowledged_at, case.acknowledge_by, case.decide_by)
    cases.hand_back(case, by=maya, now=LATER)
    case = undo(case, by=maya, now=LATER + timedelta(minutes=9))
    assert (case.status, case.acknowledged_by, case.acknowledged_at, case.acknowledge_by, case.decide_by) == had
