"""The reasons a therapist reads are true, and none shorter would do."""

from itertools import combinations

import pytest

from intake import triage
from intake.triage.deciding.compiling import program_of
from intake.triage.reading.expressions import And, AtLeast, Compare, Fact, Fires, Includes, Not, Or
from tests.protocol.cases import FIRST as VIGNETTES

PROTOCOL = triage.shipped()
BY_ID = {vignette["id"]: vignette["answers"] for vignette in VIGNETTES}
TIERS = {"routine": 0, "soon": 1, "urgent": 2, "emergency": 3}


def given(answers):
    """Every answer as a pair; numbers whole."""
    return {
        (name, value)
        for name, answer in answers.items()
        for value in (answer if isinstance(answer, list) else [answer])
    }


def holds(node, pairs, full, positive=True):
    """Whether a condition holds when only `pairs` were answered, while what is below NOT sees the full answers."""
    match node:
        case Includes(name, options):
            return bool({(name, option) for option in options} & (pairs if positive else full))
        case Compare(name, op, number):
            numbers = [value for other, value in (pairs if positive else full) if other == name]
            return any(value >= number if op == ">=" else value <= number for value in numbers)
        case Fact(name):
            return holds(PROTOCOL.facts[name].when.expression, pairs, full, positive)
        case Fires(rule):
            seen = pairs if positive else full  # another rule that did not fire is an absence
            return holds(PROTOCOL.rules[rule].fires_when.expression, seen, full, positive)
        case Not(part):
            return not holds(part, pairs, full, not positive)
        case And(parts):
            return all(holds(part, pairs, full, positive) for part in parts)
        case Or(parts):
            return any(holds(part, pairs, full, positive) for part in parts)
        case AtLeast(number, parts):
            return sum(holds(part, pairs, full, positive) for part in parts) >= number


@pytest.mark.parametrize("vignette", [v for v in VIGNETTES if v["expect"]["flags"]], ids=lambda v: v["id"])
def test_each_flag_names_a_smallest_set_of_the_patients_own_answers(vignette):
    outcome = triage.assess(PROTOCOL, vignette["answers"])
    full = given({name: value for name, value in vignette["answers"].items() if name in outcome.asked})
    for flag in outcome.flags:
        condition = PROTOCOL.rules[flag.rule].fires_when.expression
        reasons = {(answer.question, answer.value) for answer in flag.answers}
        assert reasons <= full, f"{flag.rule} names an answer that was not given"
        assert holds(condition, reasons, full), f"{flag.rule} does not follow from its answers"
        for pair in reasons:
            assert not holds(condition, reasons - {pair}, full), f"{flag.rule} names {pair} for nothing"
        read = program_of(PROTOCOL).named(program_of(PROTOCOL).reads[f"rule.{flag.rule}"])
        atoms = [pair for pair in sorted(full, key=str) if pair[0] in read]
        for size in range(min(len(reasons), 3)):
            for fewer in combinations(atoms, size):
                assert not holds(condition, set(fewer), full), f"{flag.rule} also follows from {fewer}"


def test_a_new_saddle_numbness_is_explained_by_that_answer_and_its_sources():
    flag = triage.assess(PROTOCOL, BY_ID["dev-01"]).flags[0]
    assert flag.rule == "cauda_equina"
    assert flag.answers == (triage.Answer("emergency_now", "saddle_numb"),)
    assert "girft-2023" in [source.id for source in flag.sources]
    assert "constipation alone" in flag.must_not_fire_on


def test_an_unsure_answer_names_the_rules_it_leaves_open():
    outcome = triage.assess(PROTOCOL, BY_ID["dev-42"])
    left_open = {rule.rule: rule.questions for rule in outcome.not_ruled_out}
    assert left_open["cauda_equina"] == ("bladder_change",)
    assert {unsure.question: unsure.effect for unsure in outcome.unsure}["bladder_change"] == "raised"


def test_origins_list_the_answers_for_and_against_with_their_points():
    for answers in BY_ID.values():
        outcome = triage.assess(PROTOCOL, answers)
        for origin in outcome.origins:
            points = sum(evidence.points for evidence in origin.evidence_for + origin.evidence_against)
            assert origin.points - points == (6 if origin.id == "mixed_nerve_msk" else 0)


def apply(answers, changes):
    changed = dict(answers)
    for change in changes:
        question = PROTOCOL.questions[change.question]
        before = changed.get(change.question)
        if change.kind == "answer":
            changed[change.question] = [change.value] if question.takes_many else change.value
        elif change.kind == "add":
            kept = [option for option in before or [] if option not in question.exclusive]
            changed[change.question] = [*kept, change.value]
        else:
            changed[change.question] = [option for option in before if option != change.value]
    return changed


def urgency(answers):
    return triage.assess(PROTOCOL, answers, explain=False).urgency


@pytest.mark.parametrize("name", ["dev-03", "dev-13", "dev-28", "dev-42"])
def test_what_would_change_the_tier_really_does(name):
    answers = BY_ID[name]
    found = triage.counterfactuals(PROTOCOL, answers)
    assert found.urgency == urgency(answers)
    assert found.raise_
    for one in (*found.raise_, *found.lower):
        assert urgency(apply(answers, one.changes)) == one.urgency
    assert all(one.urgency > found.urgency for one in found.raise_)
    assert all(one.urgency < found.urgency for one in found.lower)


@pytest.mark.parametrize("name", ["dev-05", "dev-11", "dev-21", "dev-28"])
def test_no_single_change_is_missed(name):
    """Every other answer to every question, tried one by one with no shortcut."""
    answers = BY_ID[name]
    found, now = triage.counterfactuals(PROTOCOL, answers, most=1), urgency(answers)
    reached = {True: set(), False: set()}
    for question in PROTOCOL.questions.values():
        if question.id in ("age", "sex_at_birth", "pain_regions"):
            continue
        for value in other_answers(question, answers.get(question.id)):
            tier = urgency(answers | {question.id: value})
            if tier != now:
                reached[tier > now].add(question.id)
    assert bool(found.raise_) == bool(reached[True])
    assert bool(found.lower) == bool(reached[False])
    if len(found.lower) < 12:
        assert {one.changes[0].question for one in found.lower} == reached[False]


def other_answers(question, before):
    options = [option for option in question.option_ids if option not in PROTOCOL.unknowns.open_options]
    if question.is_number:
        return range(question.bounds[0], question.bounds[1] + 1)
    if question.type == "choice":
        return options
    if not question.takes_many:
        return []
    chosen = [option for option in before or [] if option not in question.exclusive]
    added = [
        [option] if option in question.exclusive else [*chosen, option] for option in options if option not in chosen
    ]
    removed = [[option for option in before or [] if option != gone] for gone in before or []]
    return added + removed


def test_the_question_to_ask_first_is_the_one_that_reaches_furthest():
    asked = triage.counterfactuals(PROTOCOL, BY_ID["dev-42"]).ask_first
    assert asked[0].question == "bladder_change"
    assert asked[0].reaches is triage.Urgency.EMERGENCY
    assert "cauda_equina" in asked[0].rules


def test_a_strength_test_left_out_is_asked_for_but_is_no_weakness():
    answers = BY_ID["dev-30"] | {"heel_walk": "not_tried"}
    outcome = triage.assess(PROTOCOL, answers)
    assert outcome.strength_not_checked == ("heel_walk",)
    assert outcome.urgency is triage.Urgency.ROUTINE
    assert outcome.not_ruled_out == ()
    assert "heel_walk" in [one.question for one in triage.counterfactuals(PROTOCOL, answers).ask_first]
