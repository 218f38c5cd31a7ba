"""The project's own cases: what a reference clinician expects of them, and that together they leave no rule out."""

import pytest

from intake import triage
from tests.protocol.cases import EVERY, FLOORS, MORE


@pytest.fixture(scope="module")
def protocol():
    return triage.shipped()


@pytest.mark.parametrize("case", MORE, ids=lambda case: case["id"])
def test_the_case_is_judged_as_expected(protocol, case):
    outcome = triage.assess(protocol, triage.validate_answers(protocol, case["answers"]))
    expect = case["expect"]
    fired = {flag.rule for flag in outcome.flags}
    assert outcome.urgency.word in expect.get("urgency_any_of", [expect.get("urgency")])
    assert set(expect["flags"]) <= fired
    assert not set(expect["not_flags"]) & fired
    assert expect.get("urgency") != "routine" or not fired
    assert outcome.specialists[0].id in expect["specialist_any_of"]
    if "origin_any_of" in expect:
        assert outcome.origins[0].id in expect["origin_any_of"]


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case["id"])
def test_the_case_answers_what_is_asked_and_nothing_else(protocol, case):
    visible = triage.visible_questions(protocol, triage.validate_answers(protocol, case["answers"]))
    required = {name for name in visible if protocol.questions[name].required}
    assert required - set(case["answers"]) == set()
    assert set(case["answers"]) - set(visible) == set()


def test_there_are_at_least_120_cases_each_with_its_own_id_story_and_source():
    assert len(EVERY) >= 120
    assert len({case["id"] for case in EVERY}) == len(EVERY)
    assert all(len(case["narrative"]) > 60 and case["source"] for case in MORE)


def test_every_rule_is_fired_by_a_case_that_expects_it(protocol):
    expected = {rule for case in EVERY for rule in case["expect"]["flags"]}
    expected |= {rule for variant in FLOORS for rule in variant.get("flags", ())}
    assert set(protocol.rules) - expected == set()


def test_every_rule_has_a_near_miss(protocol):
    missed = {rule for case in MORE for rule in case["expect"]["not_flags"]}
    missed |= {rule for variant in FLOORS for rule in variant.get("not_flags", ())}
    assert set(protocol.rules) - missed == set()
    assert missed - set(protocol.rules) == set()


def test_a_routine_case_can_be_led_by_every_origin_that_a_score_decides(protocol):
    by_rules_only = {"visceral_or_cardiovascular", "bone_or_systemic"}
    flagged = {"cervical_cord", "central_or_motor_neuron", "fibular_nerve", "regional_pain_crps", "inflammatory"}
    led = {
        triage.assess(protocol, triage.validate_answers(protocol, case["answers"])).origins[0].id
        for case in EVERY
        if case["expect"].get("urgency") == "routine" or "routine" in case["expect"].get("urgency_any_of", [])
    }
    assert set(protocol.origins) - led <= by_rules_only | flagged


def test_cases_cover_teens_elders_and_pregnancy():
    ages = [case["answers"]["age"] for case in MORE]
    assert sum(age < 18 for age in ages) >= 2
    assert sum(age >= 75 for age in ages) >= 4
    assert {case["answers"].get("pregnancy") for case in MORE} >= {"pregnant", "recent_birth", "unsure"}
