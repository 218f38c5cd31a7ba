"""The same rule, taken more seriously: by a later protocol, what was urgent is an emergency, and people are told."""

import shutil

import pytest
import time_machine

from clinic.messages.models import Message
from intake import triage
from intake.models import Assessment, Case, CaseEvent, Intake, ProtocolVersion, Urgency
from intake.questionnaire.actions import save_page
from intake.review import actions as cases
from intake.review.opening import open_case
from intake.versions.protocols import same_dangers, texts_of
from tests import factories
from tests.answers import SADDLE_NUMBNESS
from tests.intake.review.test_cases import MONDAY_MORNING, agree, reached, told_of

pytestmark = pytest.mark.django_db

PAGE = Assessment.Occasion.PAGE


def taken_as_urgent(intake) -> Assessment:
    """What an earlier protocol said, under which no rule was an emergency."""
    found = factories.assessment(intake, PAGE)
    result = found.result
    for flag in result["explanation"]["flags"]:
        if flag["tier"] == "emergency":
            flag["tier"] = "urgent"
    return Assessment.objects.create(
        intake=intake,
        protocol=found.protocol,
        occasion=PAGE,
        answers=found.answers,
        result=result,
        urgency=Urgency.URGENT,
    )


@pytest.fixture
def intake(location):
    return factories.intake(at=location, answers=SADDLE_NUMBNESS)


def judged(intake, assessment) -> Case:
    intake.refresh_from_db()
    return open_case(intake, assessment, because=Case.OpenedBecause.FLAG, now=MONDAY_MORNING)


def test_a_decided_case_is_opened_again_when_its_rule_is_an_emergency_now(intake, maya, daniel):
    """The attack: the same rule id, so nothing seemed new, and nobody was told of an emergency."""
    case = judged(intake, taken_as_urgent(intake))
    agree(case, maya)
    assert case.status == Case.Status.DECIDED
    Message.objects.all().delete()
    case = judged(intake, factories.assessment(intake, PAGE))
    assert (case.status, case.tier) == (Case.Status.WAITING, Urgency.EMERGENCY)
    assert case.events.last().kind == CaseEvent.Kind.REOPENED
    assert told_of(case) == {maya.email, daniel.email}


def test_also_when_staff_had_raised_the_case_to_an_emergency_before(intake, maya):
    case = judged(intake, taken_as_urgent(intake))
    cases.raise_tier(case, tier=Urgency.EMERGENCY, by=maya, now=MONDAY_MORNING)
    case = judged(intake, factories.assessment(intake, PAGE))
    assert case.events.last().kind == CaseEvent.Kind.NEW_FLAG
    assert case.rules_urgency == Urgency.EMERGENCY


def test_a_proposal_that_waits_is_dropped_by_it(intake, maya, daniel):
    case = judged(intake, taken_as_urgent(intake))
    cases.raise_tier(case, tier=Urgency.EMERGENCY, by=maya, now=MONDAY_MORNING)
    reached(case, maya)
    proposal = agree(case, maya, tier=Urgency.URGENT, reason="examined", words="Old.")
    assert case.status == Case.Status.SECOND_LOOK
    case = judged(intake, factories.assessment(intake, PAGE))
    proposal.refresh_from_db()
    assert proposal.refused_at is not None
    assert case.status == Case.Status.IN_REVIEW


def test_an_emergency_that_was_less_for_a_while_is_news_when_it_comes_back(intake, maya, daniel):
    case = judged(intake, factories.assessment(intake, PAGE))
    reached(case, maya)
    agree(case, maya)
    judged(intake, taken_as_urgent(intake))
    case = judged(intake, factories.assessment(intake, PAGE))
    assert case.status == Case.Status.WAITING
    assert case.events.last().kind == CaseEvent.Kind.REOPENED


def test_the_same_rules_as_the_same_tier_are_no_news(intake, maya):
    case = judged(intake, factories.assessment(intake, PAGE))
    reached(case, maya)
    agree(case, maya)
    case = judged(intake, factories.assessment(intake, PAGE))
    assert case.status == Case.Status.DECIDED


def test_two_assessments_with_another_tier_are_not_the_same_dangers(intake):
    now = factories.assessment(intake, PAGE)
    assert same_dangers(now, now)
    assert not same_dangers(taken_as_urgent(intake), now)


def test_a_rule_that_the_protocol_of_today_calls_an_emergency_is_judged_by_it(location, maya, tmp_path):
    """A form begun under a protocol that called it urgent: the patient reads the emergency page, and Maya hears."""
    folder = tmp_path / "earlier"
    shutil.copytree(triage.shipped().folder, folder)
    emergency, urgent = folder / "rules" / "emergency.yaml", folder / "rules" / "urgent.yaml"
    head, first, *others = emergency.read_text().split("- id: ")
    assert first.startswith("stroke_tia")
    emergency.write_text("- id: ".join([head, *others]))
    urgent.write_text(f"{urgent.read_text().rstrip()}\n\n- id: {first}")
    earlier = triage.load(folder)
    version = ProtocolVersion.objects.create(digest=earlier.digest, content=texts_of(earlier))
    intake = factories.intake(at=location)
    Intake.objects.filter(pk=intake.pk).update(protocol=version)
    intake.refresh_from_db()
    with time_machine.travel(MONDAY_MORNING):
        saved = save_page(intake, "safety-check", {"emergency_now": ["speech_trouble"]}, version=intake.version)
    assert saved.newly_emergency
    case = Case.objects.get(intake=intake)
    assert case.tier == Urgency.EMERGENCY
    assert told_of(case) == {maya.email}
