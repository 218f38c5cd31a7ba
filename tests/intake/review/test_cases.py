"""What answers and people do to a case, and what nobody can do to it."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, transaction

from clinic.messages.models import Message
from intake.models import Case, CaseEvent, Contact, MoveNotAllowed, Urgency
from intake.review import actions as cases
from intake.review.emails import CaseNeedsYou
from intake.review.forgotten import take_back_forgotten
from intake.review.holding import put_off
from intake.review.opening import open_case
from intake.review.outcomes import WhatBecomes
from intake.review.reaching import needs_why_not_called
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.at_once import at_once

MONDAY_MORNING = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # 9:00 at Riverside
FLAG, SUBMITTED = Case.OpenedBecause.FLAG, Case.OpenedBecause.SUBMITTED
Kind = CaseEvent.Kind

pytestmark = pytest.mark.django_db


def answered(intake, answers, *, because=FLAG, now=MONDAY_MORNING) -> Case:
    """The patient saves a page: these are their answers now, and the rules ran."""
    intake.answers = answers
    intake.save()
    case = open_case(intake, factories.assessment(intake), because=because, now=now)
    case.refresh_from_db()
    return case


def opened(location, answers, *, now=MONDAY_MORNING) -> Case:
    return answered(factories.intake(at=location), answers, now=now)


def reached(case, by, *, now=MONDAY_MORNING) -> None:
    cases.record_contact(case, outcome="reached", safety_advice_given=True, words="", by=by, now=now)
    case.refresh_from_db()


NOT_CALLED = WhatBecomes(uncontacted="here", uncontacted_words="Stands at the desk.")


def agree(case, by, **more):
    """Decide as suggested, or otherwise by `more`; of an urgent patient who was not called, because they are here."""
    case.refresh_from_db()
    suggested = cases.suggestion(case)
    more = {"becomes": NOT_CALLED} | more if needs_why_not_called(case) else more
    asked = {"tier": case.urgency, "specialist": suggested, "refer": False, "reason": "agree", "words": ""}
    decision = cases.decide(case, version=case.version, verdicts={}, by=by, now=MONDAY_MORNING, **asked | more)
    case.refresh_from_db()
    return decision


def kinds(case) -> list[str]:
    return [event.kind for event in case.events.all()]


# Answers ----------------------------------------------------------------------------------------------------


def told_of(case) -> set[str]:
    """Who would get the announcements that wait, were they sent now."""
    waiting = Message.objects.about("case", case.public_id).filter(kind="case_needs_you", status="scheduled")
    return {person.email for message in waiting for person in CaseNeedsYou.people(message)}


def test_a_case_opens_with_the_flag_its_clock_and_a_mail_to_the_therapists(location, maya):
    case = opened(location, SADDLE_NUMBNESS)

    assert (case.tier, case.status) == (Urgency.EMERGENCY, Case.Status.WAITING)
    assert case.flags[0]["rule"] == "cauda_equina"
    assert case.acknowledge_by == MONDAY_MORNING + timedelta(minutes=15)
    assert kinds(case) == [Kind.OPENED]
    assert told_of(case) == {maya.email}


def test_a_routine_case_is_not_announced(location, maya):
    case = opened(location, HEEL_PAIN)
    assert case.tier == Urgency.ROUTINE
    assert not Message.objects.about("case", case.public_id).exists()


def test_saving_the_same_answers_again_changes_nothing(location):
    intake = factories.intake(at=location)
    first = answered(intake, SADDLE_NUMBNESS)
    again = answered(intake, SADDLE_NUMBNESS)
    assert again == first
    assert kinds(again) == [Kind.OPENED]


def test_worse_answers_put_a_case_in_review_back_on_top_with_a_new_clock(location, maya):
    """Maya has a soon case; then the patient reports saddle numbness. Everybody must see that, at once."""
    intake = factories.intake(at=location)
    case = answered(intake, FOOT_DROP)
    cases.acknowledge(case, by=maya)

    later = MONDAY_MORNING + timedelta(hours=1)
    case = answered(intake, SADDLE_NUMBNESS, now=later)

    assert (case.tier, case.status) == (Urgency.EMERGENCY, Case.Status.WAITING)
    assert case.acknowledged_by is None
    assert case.acknowledge_by == later + timedelta(minutes=15)
    assert kinds(case)[-1] == Kind.RAISED


def test_answers_taken_back_leave_tier_and_flag_until_a_person_decides(location):
    intake = factories.intake(at=location)
    answered(intake, SADDLE_NUMBNESS)
    case = answered(intake, HEEL_PAIN)

    assert case.tier == Urgency.EMERGENCY
    assert {flag["rule"]: flag["still"] for flag in case.flags}["cauda_equina"] is False
    assert kinds(case)[-1] == Kind.ANSWER_CHANGED


def test_raising_never_moves_a_clock_back(location):
    """An urgent case at 17:50 must be called by 18:00; becoming an emergency at 17:59 cannot give it until 18:14."""
    intake = factories.intake(at=location)
    ten_to_six = datetime(2026, 3, 2, 22, 50, tzinfo=UTC)
    answered(intake, TEMPLE_HEADACHE, now=ten_to_six)
    case = answered(intake, TEMPLE_HEADACHE | SADDLE_NUMBNESS, now=ten_to_six + timedelta(minutes=9))
    assert case.acknowledge_by == ten_to_six + timedelta(minutes=10)


def test_a_decided_case_opens_again_when_a_flag_fires_that_the_decision_did_not_see(location, maya):
    intake = factories.intake(at=location)
    case = answered(intake, FOOT_DROP)
    agree(case, maya)

    case = answered(intake, SADDLE_NUMBNESS)

    assert (case.status, case.tier) == (Case.Status.WAITING, Urgency.EMERGENCY)
    assert case.decided_by is None
    assert kinds(case)[-1] == Kind.REOPENED


@pytest.mark.parametrize("answers", [SADDLE_NUMBNESS, FOOT_DROP, HEEL_PAIN], ids=["emergency", "soon", "routine"])
def test_a_form_sent_after_the_decision_is_read_too(location, maya, answers):
    """Maya decided after one call, on half a form. What comes with the rest of it waits for a therapist again."""
    intake = factories.intake(at=location)
    case = answered(intake, answers)
    reached(case, maya)
    agree(case, maya)
    tier = case.tier

    later = MONDAY_MORNING + timedelta(hours=3)
    case = answered(intake, answers | {"anything_else": "Since yesterday it is worse"}, because=SUBMITTED, now=later)

    assert (case.status, case.tier, case.decided_at) == (Case.Status.WAITING, tier, None)
    assert case.acknowledge_by > later
    assert kinds(case)[-2:] == [Kind.REOPENED, Kind.SUBMITTED]
    reached(case, maya, now=later + timedelta(minutes=5))
    agree(case, maya)
    assert answered(intake, answers, because=SUBMITTED).status == Case.Status.DECIDED, "it is sent once"


def test_a_decided_case_stays_decided_while_the_same_flag_fires_on_every_page(location, maya):
    intake = factories.intake(at=location)
    case = answered(intake, FOOT_DROP)
    agree(case, maya)
    assert answered(intake, FOOT_DROP | {"worry_level": 8}).status == Case.Status.DECIDED


def test_a_flag_that_went_away_and_fires_again_opens_a_decided_case(location, maya):
    """The patient took saddle numbness back, the therapist decided, then the patient says it after all."""
    intake = factories.intake(at=location)
    case = answered(intake, SADDLE_NUMBNESS)
    answered(intake, HEEL_PAIN)
    case.refresh_from_db()
    reached(case, maya)
    agree(case, maya)
    assert answered(intake, SADDLE_NUMBNESS).status == Case.Status.WAITING


def test_new_answers_end_a_proposal_that_did_not_know_them(location, maya):
    intake = factories.intake(at=location)
    case = answered(intake, SADDLE_NUMBNESS)
    reached(case, maya)
    proposal = agree(case, maya, tier=Urgency.SOON, reason="examined", words="Old numbness.")

    case = answered(intake, SADDLE_NUMBNESS | TEMPLE_HEADACHE | {"emergency_now": ["saddle_numb", "face_droop"]})

    proposal.refresh_from_db()
    assert case.status == Case.Status.IN_REVIEW
    assert proposal.refused_at


def test_submitting_is_noted_once_and_needs_no_flag(location):
    intake = factories.intake(at=location)
    answered(intake, SADDLE_NUMBNESS)
    for _again in range(2):
        case = answered(intake, SADDLE_NUMBNESS, because=SUBMITTED)
    assert kinds(case) == [Kind.OPENED, Kind.SUBMITTED]


def test_a_form_left_before_screening_is_due_within_a_working_day(location):
    intake = factories.intake(at=location)
    case = answered(intake, {"age": 30}, because=Case.OpenedBecause.NOT_SCREENED)
    assert not case.screened
    assert case.decide_by == datetime(2026, 3, 3, 23, 0, tzinfo=UTC)  # Tuesday, 18:00


# People -----------------------------------------------------------------------------------------------------


def test_the_second_therapist_is_told_who_has_the_case(location, maya, daniel):
    case = opened(location, TEMPLE_HEADACHE)
    cases.acknowledge(case, by=maya)
    cases.acknowledge(case, by=maya)  # her second click is not an error
    with pytest.raises(cases.AlreadyAcknowledged, match="Maya Ortiz"):
        cases.acknowledge(case, by=daniel)
    assert kinds(case).count(Kind.ACKNOWLEDGED) == 1


def test_a_case_handed_back_waits_for_somebody_else(location, maya, daniel):
    case = opened(location, TEMPLE_HEADACHE)
    cases.acknowledge(case, by=maya, now=MONDAY_MORNING)
    case = cases.hand_back(case, by=maya, now=MONDAY_MORNING + timedelta(hours=2))
    assert case.status == Case.Status.WAITING
    assert case.acknowledge_by == MONDAY_MORNING + timedelta(hours=3)
    assert cases.acknowledge(case, by=daniel).acknowledged_by == daniel


def test_a_case_handed_back_late_waits_no_longer_than_its_decision_may(location, maya):
    """A whole new hour to be taken would end after the decision is due."""
    case = opened(location, TEMPLE_HEADACHE)
    case = cases.acknowledge(case, by=maya, now=MONDAY_MORNING)
    case = cases.hand_back(case, by=maya, now=case.decide_by - timedelta(minutes=10))
    assert case.acknowledge_by == case.decide_by


def test_anybody_may_raise_a_tier_with_one_action(location, maya):
    case = cases.raise_tier(opened(location, HEEL_PAIN), tier=Urgency.URGENT, by=maya, now=MONDAY_MORNING)
    assert case.tier == Urgency.URGENT
    assert case.acknowledge_by == MONDAY_MORNING + timedelta(hours=1)
    assert kinds(case)[-1] == Kind.RAISED_BY_STAFF


@pytest.mark.parametrize("tier", [Urgency.ROUTINE, Urgency.URGENT])
def test_raising_cannot_be_used_to_lower(location, maya, tier):
    with pytest.raises(ValueError, match="does not raise"):
        cases.raise_tier(opened(location, TEMPLE_HEADACHE), tier=tier, by=maya)


def test_raising_a_decided_case_opens_it_again(location, maya):
    case = opened(location, HEEL_PAIN)
    agree(case, maya)
    case = cases.raise_tier(case, tier=Urgency.SOON, by=maya)
    assert (case.status, case.tier) == (Case.Status.WAITING, Urgency.SOON)


def test_attempts_move_the_clock_of_an_emergency(location, maya):
    case = opened(location, SADDLE_NUMBNESS)
    at = MONDAY_MORNING + timedelta(minutes=10)
    cases.record_contact(case, outcome="no_answer", safety_advice_given=False, words="", by=maya, now=at)
    case.refresh_from_db()
    assert case.decide_by == at + timedelta(minutes=15)
    reached(case, maya, now=at)
    assert case.decide_by == at + timedelta(hours=1)
    assert case.events.last().words == "Spoke with the patient, by phone. Safety advice given"


@pytest.mark.parametrize(
    "act",
    [
        lambda case, by: cases.acknowledge(case, by=by),
        lambda case, by: cases.hand_back(case, by=by),
        lambda case, by: cases.reopen(case, by=by, words="x"),
        lambda case, by: cases.raise_tier(case, tier=Urgency.EMERGENCY, by=by),
        lambda case, by: cases.record_contact(case, outcome="reached", safety_advice_given=True, words="", by=by),
        lambda case, by: cases.decide(
            case, version=1, tier=0, specialist="x", refer=False, reason="agree", words="", verdicts={}, by=by
        ),
    ],
)
def test_front_desk_and_managers_take_no_clinical_step(location, priya, ruth, act):
    case = opened(location, TEMPLE_HEADACHE)
    for person in (priya, ruth):
        with pytest.raises(PermissionDenied):
            act(case, person)
    case.refresh_from_db()
    assert kinds(case) == [Kind.OPENED]


def test_a_case_taken_and_forgotten_waits_for_anybody_again(location, maya, daniel):
    """Maya took it at nine, and last wrote on it at twelve. At two it has been due for an hour: everybody hears."""
    case = opened(location, TEMPLE_HEADACHE)
    case = cases.acknowledge(case, by=maya, now=MONDAY_MORNING)
    due = MONDAY_MORNING + timedelta(hours=4)
    put_off(case, by=maya, now=due - timedelta(hours=1))
    assert take_back_forgotten(due + timedelta(minutes=59)) == 0
    put_off(case, by=maya, now=due + timedelta(minutes=60))
    assert take_back_forgotten(due + timedelta(minutes=61)) == 1

    case.refresh_from_db()
    assert (case.status, case.acknowledged_by) == (Case.Status.WAITING, None)
    assert case.events.last().words == "Maya Ortiz had it, and it was not decided in time."
    assert told_of(case) == {maya.email, daniel.email}

    cases.acknowledge(case, by=daniel, now=due + timedelta(minutes=70))
    assert take_back_forgotten(due + timedelta(minutes=120)) == 0  # he has an hour of his own


def test_a_case_in_time_or_decided_is_left_where_it_is(location, maya):
    in_time, decided = opened(location, TEMPLE_HEADACHE), opened(location, TEMPLE_HEADACHE)
    cases.acknowledge(in_time, by=maya, now=MONDAY_MORNING)
    agree(decided, maya)
    assert take_back_forgotten(MONDAY_MORNING + timedelta(hours=2)) == 0


# The row itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Case.Status)
@pytest.mark.parametrize("to", Case.Status)
def test_moves_follow_the_table(location, maya, status, to):
    case = opened(location, HEEL_PAIN)
    people = {"acknowledged_at": MONDAY_MORNING, "acknowledged_by": maya}
    decided = {"decided_at": MONDAY_MORNING, "decided_by": maya}
    more = {"decided": decided, "in_review": {"held_until": MONDAY_MORNING}}.get(status, {})
    Case.objects.filter(pk=case.pk).update(status=status, **people, **more)
    undone = decided if to == "decided" else {"decided_at": None, "decided_by": None}
    if to in Case.MOVES[status]:
        case.move_to(to, event=Kind.NEW_FLAG, **undone)
        assert (case.status, case.version) == (to, case.events.last().version)
    else:
        with pytest.raises(MoveNotAllowed):
            case.move_to(to, event=Kind.NEW_FLAG, **undone)
        assert kinds(case) == [Kind.OPENED]


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"urgency": 4}, "case_has_a_known_urgency"),
        ({"acknowledged_at": MONDAY_MORNING}, "case_acknowledged_has_both_when_and_who"),
        ({"status": "in_review", "held_until": MONDAY_MORNING}, "case_in_review_was_acknowledged"),
        ({"held_until": MONDAY_MORNING}, "case_is_held_by_a_lease"),
        ({"status": "decided"}, "case_decided_has_both_when_and_who"),
        ({"decided_at": MONDAY_MORNING}, "case_decided_has_both_when_and_who"),
    ],
)
def test_the_database_refuses_a_case_that_cannot_be(location, broken, constraint):
    case = opened(location, HEEL_PAIN)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**broken)


def test_the_timeline_only_grows(location):
    case = opened(location, HEEL_PAIN)
    for change in (lambda: case.events.update(words="other"), case.events.all().delete):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_two_therapists_press_at_once_and_one_of_them_is_told(location, maya, daniel):
    """Twenty rounds, each with both at the same moment: one has the case, the other hears who."""
    for _round in range(20):
        case = opened(location, TEMPLE_HEADACHE)

        def press(person, pk=case.pk):
            return cases.acknowledge(Case.objects.get(pk=pk), by=person)

        told = at_once(partial(press, maya), partial(press, daniel))
        case.refresh_from_db()
        [late] = [what for what in told if not isinstance(what, Case)]
        assert isinstance(late, cases.AlreadyAcknowledged)
        assert late.case.acknowledged_by == case.acknowledged_by
        assert kinds(case).count(Kind.ACKNOWLEDGED) == 1


def test_contacts_stay_with_the_case(location, maya):
    case = opened(location, SADDLE_NUMBNESS)
    reached(case, maya)
    contact = Contact.objects.get()
    assert (contact.case, contact.by, contact.safety_advice_given) == (case, maya, True)
