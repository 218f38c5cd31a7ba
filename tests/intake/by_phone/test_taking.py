"""What a patient says on the phone stands beside what they answered, and lifts the case; it never lowers it."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction

from intake.models import Assessment, Case, CaseEvent, Intake, PhoneAnswer, Urgency
from intake.questionnaire.actions import save_page, submit_intake
from intake.review import actions as cases
from intake.review.counting import answers_that_count
from intake.review.reaching import needs_word_of_advice
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.by_phone.calls import ALL_SEEN, CALM, NUMB, UNSURE, keys_in, on_record
from tests.intake.review.test_cases import MONDAY_MORNING, agree, answered, kinds, opened, told_of

Kind = CaseEvent.Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def unsure(location):
    return opened(location, UNSURE)


@pytest.mark.parametrize(
    ("patient", "phone", "tiers", "last"),
    [
        (UNSURE, NUMB, ("urgent", "emergency", "emergency"), [Kind.RAISED, Kind.ACKNOWLEDGED]),
        (HEEL_PAIN, {"emergency_now": ["saddle_numb"]}, ("routine", "emergency", "emergency"), [Kind.RAISED]),
        (UNSURE, CALM, ("urgent", "soon", "urgent"), [Kind.CONTACT, Kind.ANSWER_CHANGED]),
        (SADDLE_NUMBNESS, {"worry_level": 2}, ("emergency", "emergency", "emergency"), [Kind.CONTACT]),
        (HEEL_PAIN, {"emergency_now": ["none"]}, ("routine", "routine", "routine"), [Kind.CONTACT]),
    ],
    ids=["worse", "from routine", "better", "nothing of danger", "the same"],
)
def test_the_case_follows_the_answers_that_count_upward_and_never_down(location, maya, patient, phone, tiers, last):
    case = opened(location, patient)
    own, counts, stands = (Urgency[word.upper()] for word in tiers)
    keys_in(case, maya, phone)

    first, newest = case.intake.assessments.first(), case.intake.assessments.last()
    assert (first.urgency, newest.urgency, case.urgency) == (own, counts, stands)
    assert (newest.occasion, newest.answers) == (Assessment.Occasion.REVIEW, first.answers | phone)
    assert case.intake.answers == patient, "the patient's own stay as they are"
    assert on_record(case) == [(name, patient.get(name), value) for name, value in phone.items()]
    assert (case.status, case.acknowledged_by) == (Case.Status.IN_REVIEW, maya)
    assert set(last) <= set(kinds(case)[-2:])


def test_an_emergency_by_phone_has_the_clock_of_one_and_is_the_patients_word(unsure, maya):
    """She was told to wait for us before it was known; that is no advice in an emergency."""
    said = {"outcome": "reached", "told": "wait", "safety_advice_given": True, "words": ""}
    cases.record_contact(unsure, by=maya, now=MONDAY_MORNING, **said)
    later = MONDAY_MORNING + timedelta(minutes=30)
    keys_in(unsure, maya, NUMB, now=later)
    raised = unsure.events.get(kind=Kind.RAISED)
    assert (raised.by, raised.words.split(";")[0]) == (None, "Cauda equina syndrome")
    assert unsure.decide_by == later + timedelta(minutes=15)
    assert unsure.intake.urgency == Urgency.EMERGENCY
    assert not cases.needs_contact(unsure), "the patient was on the phone"
    assert needs_word_of_advice(unsure), "and was not told yet what to do"
    call = unsure.contacts.last()
    assert (call.by, call.in_words) == (maya, "Spoke with the patient, by phone. 1 answer keyed in.")


@pytest.mark.parametrize(("phone", "who", "told"), [(NUMB, None, True), (CALM, "daniel", False)])
def test_whoever_has_the_case_keeps_it_until_it_gets_worse_and_then_everybody_hears(
    unsure, maya, daniel, phone, who, told
):
    """Maya keys in on Daniel's case: he must hear that it is an emergency, and it is nobody's in silence."""
    cases.acknowledge(unsure, by=daniel)
    before = unsure.acknowledge_by
    keys_in(unsure, maya, phone)
    assert unsure.acknowledged_by == (daniel if who else None)
    assert (unsure.status == Case.Status.WAITING) is told
    assert (unsure.acknowledge_by != before) is told
    if told:
        assert told_of(unsure) == {maya.email, daniel.email}


@pytest.mark.parametrize(("phone", "status"), [(NUMB, "in_review"), (CALM, "decided")])
def test_a_decided_case_is_opened_again_by_a_new_danger_alone(location, maya, daniel, phone, status):
    case = opened(location, UNSURE)
    decision = agree(case, daniel)
    keys_in(case, maya, phone)
    assert case.status == status
    assert (Kind.REOPENED in kinds(case)) is (status == "in_review")
    assert case.acknowledged_by == (maya if status == "in_review" else daniel)
    decision.refresh_from_db()
    assert decision.assessment == case.intake.assessments.first(), "what was signed stays as it was"


def test_a_proposal_to_end_an_emergency_falls_with_a_new_danger_and_stands_without(location, maya, daniel):
    case = opened(location, SADDLE_NUMBNESS)
    keys_in(case, maya, {"saddle_change": "no"})
    agree(case, maya, tier=Urgency.SOON, reason="examined", words="No numbness.")
    assert case.status == Case.Status.SECOND_LOOK
    keys_in(case, daniel, {"worry_level": 1})
    assert case.status == Case.Status.SECOND_LOOK
    keys_in(case, daniel, {"emergency_now": ["chest_pain", "saddle_numb"], "chest_kind": "other"})
    assert case.decisions.get().refused_at


def test_a_flag_the_phone_speaks_against_stays_and_takes_two(location, maya, daniel):
    calm = {"emergency_now": ["none"], "saddle_change": "no", "bladder_change": ["none"], "sexual_change": "no"}
    case = opened(location, SADDLE_NUMBNESS)
    keys_in(case, maya, calm | {"numb_pattern": ["line_down_leg"]})
    assert {flag["rule"]: flag["still"] for flag in case.flags}["cauda_equina"] is False
    assert case.intake.assessments.last().urgency < Urgency.EMERGENCY
    assert case.urgency == Urgency.EMERGENCY
    agree(case, maya, tier=Urgency.SOON, reason="answer_wrong", words="Meant her thigh.", specialist="neurologist")
    assert case.status == Case.Status.SECOND_LOOK


# Corrected ----------------------------------------------------------------------------------------------------------


def test_a_newer_answer_corrects_an_earlier_one_and_both_stay(unsure, maya):
    keys_in(unsure, maya, {"saddle_change": "no"})
    keys_in(unsure, maya, NUMB)
    assert [value for _question, _before, value in on_record(unsure)] == ["no", "yes_new"]
    assert unsure.urgency == Urgency.EMERGENCY
    for change in (lambda: PhoneAnswer.objects.update(value="no"), PhoneAnswer.objects.all().delete):
        with pytest.raises((ProgrammingError, IntegrityError), match="Cannot update or delete"), transaction.atomic():
            change()


def test_an_answer_keyed_in_by_mistake_counts_no_more_and_lowers_nothing(unsure, maya):
    keys_in(unsure, maya, NUMB)
    keys_in(unsure, maya, mistaken=["saddle_change", "worry_level"], now=MONDAY_MORNING + timedelta(minutes=1))
    assert on_record(unsure) == [("saddle_change", "unsure", "yes_new"), ("saddle_change", "unsure", None)]
    assert answers_that_count(unsure.intake) == UNSURE
    assert unsure.intake.assessments.last().urgency == Urgency.URGENT
    assert unsure.urgency == Urgency.EMERGENCY


def test_pressing_twice_is_once_and_asking_again_on_another_day_is_not(unsure, maya):
    keys_in(unsure, maya, CALM)
    keys_in(unsure, maya, CALM)
    assert len(on_record(unsure)) == unsure.contacts.count() + 1 == len(CALM)
    keys_in(unsure, maya, CALM, now=MONDAY_MORNING + timedelta(days=1))
    assert len(on_record(unsure)) == 2 * len(CALM)


@pytest.mark.parametrize("what", [{"answers": CALM}, {"mistaken": list(CALM)}])
def test_a_second_window_or_a_step_back_puts_nothing_on_record_twice(unsure, maya, what):
    """The page was drawn before the first press; twenty minutes are no second press of one moment."""
    keys_in(unsure, maya, CALM)
    seen = PhoneAnswer.objects.last().pk
    keys_in(unsure, maya, **what, seen=seen, now=MONDAY_MORNING + timedelta(minutes=20))
    rows, calls = on_record(unsure), unsure.contacts.count()
    taken = keys_in(unsure, maya, **what, seen=seen, now=MONDAY_MORNING + timedelta(minutes=40))
    assert (sorted(taken.saved), taken.held) == (sorted(CALM), {})
    assert (on_record(unsure), unsure.contacts.count()) == (rows, calls)


def test_a_page_that_is_behind_does_not_hide_what_the_same_person_keyed_in_since(unsure, maya):
    """In her other window Maya has since heard of a change, and that one answer was keyed in by mistake."""
    keys_in(unsure, maya, CALM)
    seen = PhoneAnswer.objects.last().pk
    keys_in(unsure, maya, {"saddle_change": "yes_old"}, mistaken=["bladder_change"])
    taken = keys_in(unsure, maya, CALM, seen=seen)
    assert taken.saved == []
    assert {name: one.value for name, one in taken.held.items()} == {"saddle_change": "yes_old", "bladder_change": None}
    keys_in(unsure, maya, mistaken=["saddle_change"], seen=seen)
    assert answers_that_count(unsure.intake)["saddle_change"] == "yes_old"


def test_answers_come_only_from_somebody_who_was_reached(unsure, maya, priya):
    with pytest.raises(PermissionDenied):
        keys_in(unsure, priya, NUMB)
    call = cases.record_contact(unsure, outcome="no_answer", safety_advice_given=False, words="", by=maya)
    with pytest.raises(IntegrityError, match="from somebody who was reached"), transaction.atomic():
        PhoneAnswer.objects.create(contact=call, question="saddle_change", value="no")


# The patient goes on with the form ----------------------------------------------------------------------------------


@pytest.fixture
def begun(location) -> Intake:
    """Signed, with everything answered but the page about the bowel, the saddle and the bladder changed since."""
    intake = factories.intake(at=location, answers=UNSURE)
    answered(intake, UNSURE)
    return intake


def page_with(intake, question) -> str:
    from intake import triage

    return next(page.id for page in triage.pages(triage.shipped()) if question in page.questions)


def says(intake, **answers) -> None:
    intake.refresh_from_db()
    page = page_with(intake, next(iter(answers)))
    save_page(intake, page, answers, version=intake.version)
    intake.refresh_from_db()


def test_what_the_patient_answers_later_counts_and_the_rest_of_the_call_stands(begun, maya):
    keys_in(begun.case, maya, CALM)
    says(begun, saddle_change="yes_old")
    assert answers_that_count(begun)["saddle_change"] == "yes_old"
    assert answers_that_count(begun)["bladder_change"] == ["none"]


def test_a_danger_the_patient_answers_after_the_call_is_not_hidden_by_it(begun, maya):
    keys_in(begun.case, maya, CALM)
    says(begun, saddle_change="yes_new")
    begun.case.refresh_from_db()
    assert begun.case.urgency == Urgency.EMERGENCY


def test_a_danger_taken_back_and_told_again_is_not_hidden_either(begun, maya):
    keys_in(begun.case, maya, {"saddle_change": "no"})
    says(begun, saddle_change="no")
    says(begun, saddle_change="unsure")
    assert answers_that_count(begun)["saddle_change"] == "unsure"


def test_pages_that_change_no_danger_leave_a_case_raised_by_phone_alone(begun, maya):
    """The patient's own answers fire less; saving them again neither lowers nor raises anything."""
    keys_in(begun.case, maya, NUMB)
    before = kinds(begun.case), begun.assessments.count()
    says(begun, worry_level=5)
    says(begun, worry_level=6)
    begun.case.refresh_from_db()
    assert (kinds(begun.case), begun.assessments.count()) == before
    assert (begun.case.urgency, begun.case.acknowledged_by) == (Urgency.EMERGENCY, maya)


def test_a_form_sent_after_the_call_keeps_its_own_assessment_and_the_case_the_one_that_counts(location, maya):
    intake = factories.intake(at=location, answers=HEEL_PAIN)
    for document in ("treatment", "privacy"):
        factories.consent(intake, document)
    case = answered(intake, HEEL_PAIN)
    keys_in(case, maya, {"emergency_now": ["saddle_numb"]})
    intake.refresh_from_db()
    sent = submit_intake(intake, version=intake.version)
    assert (sent.occasion, sent.urgency, sent.answers) == ("submit", Urgency.ROUTINE, HEEL_PAIN)
    counts = intake.assessments.last()
    assert (counts.occasion, counts.urgency) == ("review", Urgency.EMERGENCY)
    case.refresh_from_db()
    assert case.acknowledged_by == maya
    assert Kind.ANSWER_CHANGED not in kinds(case)


# Two of them --------------------------------------------------------------------------------------------------------


def test_an_answer_somebody_else_took_meanwhile_is_not_gone_over_unseen(unsure, maya, daniel):
    keys_in(unsure, daniel, {"saddle_change": "yes_old"})
    taken = keys_in(unsure, maya, CALM, seen=0)
    assert taken.saved == ["bladder_change"]
    assert (taken.held["saddle_change"].value, taken.held["saddle_change"].by) == ("yes_old", daniel)
    assert keys_in(unsure, maya, CALM).saved == ["bladder_change", "saddle_change"]
    assert answers_that_count(unsure.intake)["saddle_change"] == "no"


def test_what_the_patient_saved_meanwhile_is_not_gone_over_unseen(begun, maya):
    says(begun, saddle_change="yes_old")
    taken = keys_in(begun.case, maya, {"saddle_change": "no"}, seen=0)
    assert (taken.held["saddle_change"].value, taken.held["saddle_change"].by) == ("yes_old", None)


def test_a_danger_does_not_wait_for_a_second_look_at_who_said_what(unsure, maya, daniel):
    keys_in(unsure, daniel, {"saddle_change": "no"})
    assert not keys_in(unsure, maya, NUMB, seen=0).held
    assert unsure.urgency == Urgency.EMERGENCY


@pytest.mark.django_db(transaction=True)
def test_two_who_key_in_at_once_are_both_on_record_and_count_together(location, maya, daniel):
    case = opened(location, UNSURE)
    begins = threading.Barrier(2)

    def keys(by, answers):
        begins.wait()
        try:
            keys_in(Case.objects.get(pk=case.pk), by, answers, seen=ALL_SEEN)
        finally:
            connection.close()

    both = [
        threading.Thread(target=keys, args=pair)
        for pair in ((maya, NUMB), (daniel, {"bladder_change": ["no_feeling"]}))
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert answers_that_count(case.intake) == UNSURE | NUMB | {"bladder_change": ["no_feeling"]}
    assert case.intake.assessments.last().answers["saddle_change"] == "yes_new"
    assert case.intake.assessments.last().answers["bladder_change"] == ["no_feeling"]
    case.refresh_from_db()
    assert case.urgency == Urgency.EMERGENCY
