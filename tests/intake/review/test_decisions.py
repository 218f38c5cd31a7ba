"""Who decides what, when it takes effect, and who has to look twice."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from clinic.messages.models import Message
from intake.models import Case, CaseEvent, Decision, FlagVerdict, Urgency
from intake.review import actions as cases
from intake.review import second_look
from intake.review.emails import CaseNeedsYou
from tests import factories
from tests.answers import FOOT_DROP, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.at_once import at_once
from tests.intake.review.test_cases import NOT_CALLED, agree, answered, kinds, opened, reached

Kind = CaseEvent.Kind

pytestmark = pytest.mark.django_db

LOWER = {"tier": Urgency.SOON, "reason": "explained", "words": "Old numbness after a spinal tap, unchanged."}


@pytest.fixture
def emergency(location, daniel):
    """An emergency in which Daniel spoke with the patient."""
    case = opened(location, SADDLE_NUMBNESS)
    reached(case, daniel)
    return case


def test_agreeing_takes_effect_at_once_and_confirms_every_flag(location, maya):
    case = opened(location, TEMPLE_HEADACHE)
    decision = agree(case, maya)

    assert (case.status, case.decided_by) == (Case.Status.DECIDED, maya)
    assert decision.effective_at
    assert decision.agrees
    assert all(verdict.confirmed for verdict in decision.flag_verdicts.all())
    assert decision.flag_verdicts.count() == len(case.flags)
    assert kinds(case) == [Kind.OPENED, Kind.ACKNOWLEDGED, Kind.DECIDED]


def test_an_override_keeps_both_the_suggestion_and_the_choice(location, maya):
    case = opened(location, FOOT_DROP)
    dismissed = {"motor_deficit_subacute": cases.Verdict(False, "examined", "Full strength today.")}
    decision = cases.decide(
        case,
        version=case.version,
        tier=Urgency.ROUTINE,
        specialist="physical_therapist",
        refer=False,
        reason="examined",
        words="Seen at the desk, walks on heels.",
        verdicts=dismissed,
        by=maya,
    )
    case.refresh_from_db()
    assert (decision.tier_before, decision.tier, case.tier) == (Urgency.SOON, Urgency.ROUTINE, Urgency.ROUTINE)
    assert (decision.suggested_specialist, decision.specialist) == ("neurologist", "physical_therapist")
    verdict = decision.flag_verdicts.get(rule="motor_deficit_subacute")
    assert (verdict.confirmed, verdict.reason) == (False, "examined")


def test_a_verdict_about_a_flag_the_case_does_not_have_is_refused(location, maya):
    case = opened(location, FOOT_DROP)
    with pytest.raises(ValueError, match="stroke_tia"):
        cases.decide(
            case,
            version=case.version,
            tier=case.urgency,
            specialist="neurologist",
            refer=False,
            reason="agree",
            words="",
            verdicts={"stroke_tia": cases.Verdict()},
            by=maya,
        )
    assert not Decision.objects.exists()


# Emergencies ------------------------------------------------------------------------------------------------


def test_an_emergency_is_not_decided_before_somebody_was_reached(location, maya):
    case = opened(location, SADDLE_NUMBNESS)
    cases.record_contact(case, outcome="no_answer", safety_advice_given=False, words="", by=maya)
    with pytest.raises(cases.ContactFirst):
        agree(case, maya)
    reached(case, maya)
    assert agree(case, maya).effective_at


def test_a_welfare_check_settles_an_emergency_nobody_answers(location, maya):
    case = opened(location, SADDLE_NUMBNESS)
    cases.record_contact(case, outcome="welfare_check", safety_advice_given=False, words="Police asked.", by=maya)
    assert agree(case, maya).effective_at


def test_a_call_from_before_the_emergency_does_not_count(location, maya):
    """Maya spoke with the patient about a weak foot. Saddle numbness came an hour later: that is another call."""
    intake = factories.intake(at=location)
    case = answered(intake, FOOT_DROP)
    reached(case, maya)
    case = answered(intake, SADDLE_NUMBNESS, now=case.opened_at.replace(hour=16))
    with pytest.raises(cases.ContactFirst):
        agree(case, maya)


def test_lowering_an_emergency_waits_for_another_therapist(emergency, daniel, maya):
    proposal = agree(emergency, daniel, **LOWER)

    assert (emergency.status, emergency.tier) == (Case.Status.SECOND_LOOK, Urgency.EMERGENCY)
    assert proposal.effective_at is None

    decision = second_look.agree_second(
        proposal, version=proposal.case.version, words="Read the letter of 2016, called her neurologist.", by=maya
    )
    emergency.refresh_from_db()
    assert (emergency.status, emergency.tier) == (Case.Status.DECIDED, Urgency.SOON)
    assert (decision.by, decision.second_by, emergency.decided_by) == (daniel, maya, daniel)
    assert kinds(emergency)[-2:] == [Kind.PROPOSED, Kind.SECOND_AGREED]


def test_the_other_therapists_are_told_that_a_second_look_is_needed(emergency, daniel, maya):
    agree(emergency, daniel, **LOWER)
    [announced] = Message.objects.about("case", emergency.public_id).filter(status="scheduled", facts__round=1)
    assert maya in CaseNeedsYou.people(announced)
    assert CaseNeedsYou.still_needed(announced) == ""


def test_nobody_is_their_own_second_person(emergency, daniel):
    proposal = agree(emergency, daniel, **LOWER)
    for look in (second_look.agree_second, second_look.refuse_second):
        with pytest.raises(cases.NotYours):
            look(proposal, version=proposal.case.version, words="Fine.", by=daniel)
    emergency.refresh_from_db()
    assert emergency.tier == Urgency.EMERGENCY


def test_a_second_person_who_does_not_agree_sends_it_back(emergency, daniel, maya):
    proposal = agree(emergency, daniel, **LOWER)
    second_look.refuse_second(proposal, version=proposal.case.version, words="The leg is new.", by=maya)
    emergency.refresh_from_db()
    assert (emergency.status, emergency.tier) == (Case.Status.IN_REVIEW, Urgency.EMERGENCY)
    assert agree(emergency, daniel).effective_at  # and he may decide anew


def test_the_author_takes_a_proposal_back_and_nobody_else_does(emergency, daniel, maya):
    proposal = agree(emergency, daniel, **LOWER)
    with pytest.raises(cases.NotYours):
        second_look.drop_proposal(proposal, by=maya)
    second_look.drop_proposal(proposal, by=daniel)
    emergency.refresh_from_db()
    assert emergency.status == Case.Status.IN_REVIEW


def test_a_proposal_is_looked_at_once(emergency, daniel, maya):
    proposal = agree(emergency, daniel, **LOWER)
    second_look.agree_second(proposal, version=proposal.case.version, words="Yes.", by=maya)
    with pytest.raises(cases.CaseChanged):
        second_look.refuse_second(proposal, version=proposal.case.version, words="No.", by=maya)


def test_an_emergency_cannot_be_lowered_in_two_small_steps(emergency, daniel, maya):
    """Agreeing and opening it again does not make the next decision anybody's own."""
    agree(emergency, daniel)
    cases.reopen(emergency, by=daniel, words="Second thoughts.")
    assert agree(emergency, daniel, **LOWER).effective_at is None


# Two at once ------------------------------------------------------------------------------------------------


def test_a_decision_on_an_old_page_is_refused_and_told_what_happened(location, maya, daniel):
    case = opened(location, TEMPLE_HEADACHE)
    seen = case.version
    cases.acknowledge(case, by=daniel)
    reached(case, daniel)
    with pytest.raises(cases.CaseChanged) as changed:
        cases.decide(
            case,
            version=seen,
            tier=case.urgency,
            specialist="x",
            refer=False,
            reason="agree",
            words="",
            verdicts={},
            by=maya,
        )
    assert [event.kind for event in changed.value.events] == [Kind.ACKNOWLEDGED, Kind.CONTACT]
    assert not Decision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_therapists_decide_at_once_and_neither_overwrites_the_other(location, maya, daniel):
    for _round in range(10):
        case = opened(location, TEMPLE_HEADACHE)
        said = {"tier": case.urgency, "specialist": cases.suggestion(case), "refer": False, "becomes": NOT_CALLED}
        said |= {"version": case.version, "reason": "agree", "words": "", "verdicts": {}}
        one, other = Case.objects.get(pk=case.pk), Case.objects.get(pk=case.pk)
        told = at_once(partial(cases.decide, one, by=maya, **said), partial(cases.decide, other, by=daniel, **said))
        [refused] = [what for what in told if not isinstance(what, Decision)]
        assert isinstance(refused, cases.CaseChanged)
        assert len(refused.events) == 2
        assert case.decisions.count() == 1


# What the database insists on -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"tier": 1, "reason": "other", "words": "x"}, "lowering_an_emergency_takes_two"),
        ({"second_by": "<author>", "second_at": "<now>"}, "second_person_is_another_person"),
        ({"second_by": "<other>"}, "second_look_has_both_when_and_who"),
        ({"reason": "other"}, "override_has_a_reason_and_words"),
        ({"specialist": "podiatrist"}, "override_has_a_reason_and_words"),
        ({"refused_at": "<now>"}, "refused_decision_never_takes_effect"),
    ],
)
def test_the_database_refuses_a_decision_that_cannot_be(emergency, daniel, maya, broken, constraint):
    decision = agree(emergency, daniel)
    people = {"<author>": daniel, "<other>": maya, "<now>": decision.at}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**{name: people.get(v, v) for name, v in broken.items()})


def test_the_database_keeps_one_proposal_at_a_time(emergency, daniel):
    proposal = agree(emergency, daniel, **LOWER)
    proposal.pk, proposal.public_id = None, "00000000-0000-4000-8000-000000000001"
    with pytest.raises(IntegrityError, match="one_decision_waits_for_a_second_look"), transaction.atomic():
        proposal.save(force_insert=True)


def test_the_database_refuses_a_flag_dismissed_without_a_reason(emergency, daniel):
    agree(emergency, daniel)
    with pytest.raises(IntegrityError, match="dismissed_flag_has_a_reason"), transaction.atomic():
        FlagVerdict.objects.update(confirmed=False)
    verdict = FlagVerdict.objects.first()
    verdict.pk = None
    with pytest.raises(IntegrityError, match="one_verdict_for_each_flag"), transaction.atomic():
        verdict.save(force_insert=True)
