"""Beside each flag stand the findings it must not fire on, when the patient has them too; and only then."""

import json

import pytest

from intake import triage
from tests.answers import SADDLE_NUMBNESS
from tests.protocol.cases import EVERY

PROTOCOL = triage.shipped()

SCIATICA_SADDLE = {
    "pain_regions": ["low_back_mid"],
    "spread_down_leg": "to_foot",
    "saddle_change": "yes_new",
}
CHEST = {"emergency_now": ["chest_pain", "short_of_breath"]}
CLOT = {"pain_regions": ["calf_left"], "emergency_now": ["short_of_breath"], "calf_signs": ["one_calf_swollen"]}
STROKE = {"pain_regions": ["neck_back_mid"], "emergency_now": ["face_droop"]}
PLAN = {"worry_level": 8, "low_mood": "prefer_not", "self_harm": "plan_now"}
WEIGHT = {"age": 40, "general_signs": ["weight_loss"], "weight_loss_amount": "over_10_lb"}


@pytest.mark.parametrize(
    ("rule", "fires", "present", "finding", "shown_by"),
    [
        ("cauda_equina", SCIATICA_SADDLE, {"bowel_change": "constipated"}, "constipation alone", ["bowel_change"]),
        (
            "cauda_equina",
            SCIATICA_SADDLE,
            {"bladder_change": ["hard_to_start"], "bladder_since": "years"},
            "hesitancy or leaking unchanged for years",
            ["bladder_change", "bladder_since"],
        ),
        (
            "chest_emergency",
            CHEST,
            {"chest_kind": "press_or_twist_only"},
            "chest-wall pain felt only on pressing or twisting",
            ["chest_kind"],
        ),
        (
            "pulmonary_embolism",
            CLOT,
            {"calf_signs": ["one_calf_swollen", "both_swollen"]},
            "both legs mildly swollen",
            ["calf_signs"],
        ),
        ("stroke_tia", STROKE, {"neck_artery_signs": ["dizzy"]}, "dizziness alone", ["neck_artery_signs"]),
        ("self_harm_plan", PLAN, {"low_mood": "every_day"}, "low mood alone", ["low_mood"]),
        ("malignancy_possible", WEIGHT, {"cancer_history": "minor_skin"}, "minor skin cancer", ["cancer_history"]),
        ("malignancy_possible", WEIGHT, {"age": 61}, "age over 50 alone", ["age"]),
    ],
)
def test_a_finding_is_named_when_it_is_present_and_not_when_it_is_absent(rule, fires, present, finding, shown_by):
    without, with_it = ignored(fires, rule), ignored(fires | present, rule)
    assert finding not in without
    assert [answer.question for answer in with_it[finding]] == shown_by
    given = fires | present
    for answer in with_it[finding]:
        value = given[answer.question]
        assert answer.value in value if isinstance(value, list) else answer.value == value


def ignored(answers, rule):
    (flag,) = [flag for flag in triage.assess(PROTOCOL, answers).flags if flag.rule == rule]
    return {one.finding: one.answers for one in flag.ignored}


def test_what_itself_fired_the_rule_is_not_called_ignored():
    """Back pain that made the rule fire is its reason, not a finding beside it."""
    assert "back pain alone" not in ignored(SCIATICA_SADDLE | {"spread_down_leg": "no"}, "cauda_equina")
    assert "back pain alone" in ignored(SADDLE_NUMBNESS, "cauda_equina")


def test_an_answer_that_is_no_longer_asked_is_not_told_as_present():
    hidden = {"emergency_now": ["short_of_breath"], "chest_kind": "press_or_twist_only"}
    assert ignored(hidden, "chest_emergency") == {}


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case["id"])
def test_a_named_finding_is_one_of_the_rules_own_and_adds_to_the_answers_that_fired_it(case):
    for flag in triage.assess(PROTOCOL, case["answers"]).flags:
        for one in flag.ignored:
            assert one.finding in flag.must_not_fire_on
            assert set(one.answers) - set(flag.answers)


def test_only_the_explanation_names_them():
    plain = triage.assess(PROTOCOL, SCIATICA_SADDLE | {"bowel_change": "constipated"}, explain=False)
    assert [flag.ignored for flag in plain.flags] == [()] * len(plain.flags)
    told = triage.explain(PROTOCOL, SCIATICA_SADDLE | {"bowel_change": "constipated"})
    (flag,) = [flag for flag in told["flags"] if flag["rule"] == "cauda_equina"]
    wanted = {"finding": "constipation alone", "answers": [{"question": "bowel_change", "value": "constipated"}]}
    assert wanted in flag["ignored"]
    assert told["what_would_change"]["searched"] == 2
    assert json.loads(json.dumps(told)) == told
