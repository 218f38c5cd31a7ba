"""The cases beside the rules, and the fifty vignettes the protocol was handed over with."""

import json
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from intake import triage
from intake.triage.checking.cases import Block, read_cases, run_cases
from tests.protocol.cases import FIRST as VIGNETTES
from tests.protocol.naive import FOLDER

PROTOCOL = triage.shipped()
FILE = FOLDER.parents[1] / "tests" / "protocol" / "vignettes.yaml"
BLOCKS = list(read_cases(FOLDER))


def test_every_case_beside_the_rules_holds():
    assert [found for found in BLOCKS if not isinstance(found, Block)] == []
    assert [str(defect) for defect in run_cases(PROTOCOL, BLOCKS)] == []


def test_every_rule_fires_just_misses_is_unsure_and_is_left_out_in_a_case():
    kinds = {"just_misses": set(), "unsure": set(), "missing": set()}
    for block in BLOCKS:
        for kind, rules in kinds.items():
            if block.kind == "rule" and kind in block.told:
                rules.add(block.about)
    assert kinds["just_misses"] == kinds["missing"] == set(PROTOCOL.rules)
    without_unsure = set(PROTOCOL.rules) - kinds["unsure"]
    assert without_unsure <= {"self_harm_plan", "self_harm_thoughts"}, "only these questions offer no unsure answer"


@pytest.fixture(scope="module")
def lines():
    out = StringIO()
    call_command("triage", FILE, stdout=out)
    return {line["id"]: line for line in map(json.loads, out.getvalue().splitlines())}


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda v: v["id"])
def test_the_command_meets_every_expectation_of_the_vignettes(lines, vignette):
    line, expect = lines[vignette["id"]], vignette["expect"]
    assert line["urgency"] in expect.get("urgency_any_of", [expect.get("urgency")])
    assert set(expect["flags"]) <= set(line["flags"])
    assert not set(expect["not_flags"]) & set(line["flags"])
    assert line["specialists"][0] in expect["specialist_any_of"]
    assert line["origins"][0]["id"] in expect["origin_any_of"]
    assert line["protocol"] == PROTOCOL.digest


@pytest.mark.parametrize(
    ("cases", "named"),
    [
        ([{"id": "a", "answers": {"foo": 1}}], "foo"),
        ([{"id": "a", "answers": {"emergency_now": ["nonee"]}}], "nonee"),
        ([{"id": "a", "answers": {"saddle_change": False}}], "saddle_change"),
        ([{"id": "a", "answers": {"emergency_now": ["none", "chest_pain"]}}], "emergency_now"),
        ([{"id": "a"}], "case 1"),
        ("words", "vignettes"),
    ],
)
def test_the_command_refuses_what_it_does_not_know_in_one_line(tmp_path, cases, named):
    file = tmp_path / "cases.yaml"
    file.write_text(yaml.safe_dump(cases))
    with pytest.raises(CommandError, match=named) as refused:
        call_command("triage", file)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_a_question_is_asked_only_of_those_it_concerns():
    heel = next(vignette["answers"] for vignette in VIGNETTES if vignette["id"] == "dev-28")
    asked = triage.assess(PROTOCOL, heel).asked
    assert "heel_spot" in asked
    assert not {"saddle_change", "neck_artery_signs", "calf_signs", "diabetes_foot"} & set(asked)


# The specificity check of the clinical reference, section (b).
ONE_RISK = [
    {name: option}
    for name in ("risk_conditions", "medicines", "recent_events")
    for option in PROTOCOL.questions[name].option_ids
    if option not in ("none", "unsure")
] + [{"cancer_history": "past"}, {"age": 68}, {"age": 78}, {"pain_worst": 9}]


def with_one_risk(answers, risk):
    [(name, value)] = risk.items()
    if not PROTOCOL.questions[name].takes_many:
        return answers | risk
    kept = [option for option in answers.get(name, []) if option not in PROTOCOL.questions[name].exclusive]
    return answers | {name: list(dict.fromkeys([*kept, value]))}


def urgency(answers):
    return triage.assess(PROTOCOL, answers, explain=False).urgency


def test_one_risk_factor_alone_leaves_a_routine_case_routine_in_99_of_100():
    routine = [v["answers"] for v in VIGNETTES if v["expect"].get("urgency") == "routine"]
    raised = [
        (index, risk)
        for index, answers in enumerate(routine)
        for risk in ONE_RISK
        if urgency(with_one_risk(answers, risk)) is not triage.Urgency.ROUTINE
    ]
    tried = len(routine) * len(ONE_RISK)
    assert tried > 500
    assert len(raised) <= tried / 100, raised


def test_one_unsure_red_flag_answer_never_makes_an_emergency_or_urgent_case_routine():
    for vignette in VIGNETTES:
        answers = vignette["answers"]
        if urgency(answers) < triage.Urgency.URGENT:
            continue
        for name in answers:
            question = PROTOCOL.questions[name]
            if question.red_flag and "unsure" in question.option_ids:
                unsure = ["unsure"] if question.takes_many else "unsure"
                assert urgency(answers | {name: unsure}) is not triage.Urgency.ROUTINE, (vignette["id"], name)
