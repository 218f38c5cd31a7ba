"""The record repeats what the contact log says, and claims no call, advice or visit that is not in it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from intake.models import Contact, Urgency
from intake.review import actions as cases
from intake.review import second_look
from referrals import moves
from referrals.letter.letter import content, first_told
from referrals.status.standing import standing
from tests import factories
from tests.answers import FOOT_DROP, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_cases import MONDAY_MORNING, agree, answered, opened
from tests.source import one_line

pytestmark = pytest.mark.django_db


def calls(case, by, outcome="reached", **said):
    said = {"safety_advice_given": False, "words": ""} | said
    made = cases.record_contact(case, outcome=outcome, by=by, now=MONDAY_MORNING, **said)
    case.refresh_from_db()
    return made


def page_of(case, person, sign_in) -> str:
    return one_line(sign_in(person).get(case.get_absolute_url()).content.decode())


def test_nobody_was_reached_so_the_decided_case_does_not_say_that_the_patient_was_told(location, maya, sign_in):
    """A welfare check settles an emergency. It is no conversation."""
    case = opened(location, SADDLE_NUMBNESS)
    calls(case, maya, "welfare_check", words="Police asked.")
    agree(case, maya)
    page = page_of(case, maya, sign_in)
    assert "was told to go to the emergency department. No visit" not in page
    assert "Nothing is on record: nobody has spoken with the patient." in page
    assert "does not say that the patient was told to go" in page


def test_what_was_told_stands_on_the_page_with_who_said_it_and_when(location, maya, daniel, sign_in):
    case = opened(location, SADDLE_NUMBNESS)
    calls(case, daniel, told="emergency", words="Her son drives.")
    agree(case, daniel)
    page = page_of(case, maya, sign_in)
    assert "Mar 2, 9:00 AM, Daniel Brandt: Spoke with the patient, by phone. Told: to call 911" in page
    assert "does not say that the patient was told" not in page


def test_a_call_in_which_nothing_was_told_is_no_advice_in_a_letter(location, maya, priya):
    case = opened(location, FOOT_DROP)
    calls(case, maya, words="Asked how she walks.")
    decision = agree(case, maya, refer=True)
    assert first_told(decision) == ""
    assert moves.refer(decision, by=maya).patient_told == ""


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"safety_advice_given": True}, "Maya Ortiz spoke with the patient on March 2 and gave safety advice."),
        ({"told": "specialist"}, "Maya Ortiz spoke with the patient on March 2 and told them that a specialist"),
    ],
)
def test_a_letter_starts_with_what_was_told_and_nothing_more(location, maya, said, sentence):
    case = opened(location, FOOT_DROP)
    calls(case, maya, **said)
    assert first_told(agree(case, maya, refer=True)).startswith(sentence)


def test_safety_advice_is_not_the_emergency_department_in_a_letter(location, maya, daniel, priya):
    """The letter of an emergency said "told to use 911" for any advice at all."""
    case = opened(location, SADDLE_NUMBNESS)
    calls(case, maya, safety_advice_given=True)
    decision = factories.decision(
        on=case,
        by=maya,
        specialist="neurologist",
        reason="other",
        words="x",
        second_by=daniel,
        second_at=MONDAY_MORNING,
    )
    referral = factories.referral(after=decision, owner=priya, to=factories.specialist(), urgency=Urgency.EMERGENCY)
    said = " ".join(content(referral, prepared_by=priya, now=MONDAY_MORNING)["safety"])
    assert "spoke with the patient" in said
    assert "and gave safety advice" in said
    assert "911" not in said


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({"outcome": "welfare_check"}, "You get help now"),
        ({"outcome": "reached"}, "You get help now"),
        ({"outcome": "reached", "told": "wait"}, "You get help now"),
        ({"outcome": "reached", "told": "emergency"}, "You do what we told you"),
    ],
)
def test_a_patient_reads_that_we_told_them_only_when_we_did(location, maya, daniel, said, title):
    case = opened(location, SADDLE_NUMBNESS)
    calls(case, maya, **said)
    decision = agree(case, maya)
    if decision.waits_for_a_second_look:  # without a word of advice it takes two
        second_look.agree_second(decision, version=case.version, words="Read it.", by=daniel, now=MONDAY_MORNING)
        case.refresh_from_db()
    [course] = standing(case.patient, case.decided_at, "en").courses
    assert [step.title for step in course.steps] == [title]


@pytest.mark.parametrize("channel", ["email", "letter", "text"])
def test_what_was_written_is_no_call_on_the_status_page(location, maya, channel):
    case = opened(location, TEMPLE_HEADACHE)
    calls(case, maya, "message", channel=channel)
    titles = [line.title for line in standing(case.patient, MONDAY_MORNING, "en").courses[0].lines]
    assert "We wrote to you. Please call us back." in titles
    assert not [title for title in titles if "called" in title]


def test_the_call_form_refuses_what_cannot_be(location, maya, sign_in):
    case = opened(location, TEMPLE_HEADACHE)
    browser, address = sign_in(maya), reverse("contact", args=[case.public_id])
    for sent, error in (
        ({"call-outcome": "no_answer", "call-told": "emergency"}, "Nobody was reached, so nobody was told anything."),
        ({"call-outcome": "message", "call-safety_advice_given": "on"}, "so nobody was given advice"),
        ({"call-outcome": "reached", "call-channel": "email"}, "What is written reaches nobody yet"),
    ):
        answer = browser.post(address, sent)
        assert answer.status_code == 422
        assert error in answer.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"outcome": "no_answer", "told": "emergency"}, "only_who_was_reached_was_told"),
        ({"outcome": "reached", "channel": "letter"}, "what_is_written_reaches_nobody_yet"),
        ({"outcome": "reached", "asked_safety": True}, "answers_taken_by_phone_are_in_words"),
        ({"outcome": "reached", "next_try_at": MONDAY_MORNING}, "only_a_try_that_failed_is_tried_again"),
    ],
)
def test_the_database_refuses_an_entry_that_cannot_be(location, maya, row, constraint):
    case = opened(location, TEMPLE_HEADACHE)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Contact.objects.create(case=case, by=maya, **row)


def test_the_second_person_reads_what_was_told_too(location, maya, daniel, sign_in):
    case = answered(factories.intake(at=location), SADDLE_NUMBNESS)
    calls(case, maya, told="here")
    agree(case, maya, tier=Urgency.SOON, reason="explained", words="Old.")
    assert "Told: to come to this clinic" in page_of(case, daniel, sign_in)
