"""What must hold for every set of answers anybody could give."""

import random
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from intake import triage
from intake.triage.checking.unsure import Comparison
from intake.triage.reading.expressions import Compare, Fact, Fires, Includes, Not, parts_of
from tests.protocol.chance import random_answer

PROTOCOL = triage.shipped()
PLACES = list(PROTOCOL.questions["pain_regions"].option_ids)
DENIALS = {"no", "none", "normal", "not_felt", "never", "no_change"}


def as_data(question):
    return {
        "type": question.type,
        "options": [{"id": option} for option in question.option_ids],
        "exclusive": list(question.exclusive),
    }


QUESTIONS = {name: as_data(question) for name, question in PROTOCOL.questions.items()}


@st.composite
def answers(draw):
    """A set of valid answers; each question may stay unanswered."""
    luck = random.Random(draw(st.integers(0, 2**32)))
    left_out, unsure = draw(st.sampled_from([0, 0.1, 0.4, 0.8])), draw(st.sampled_from([0, 0.1, 0.5]))
    found = {
        name: random_answer(question, PLACES, luck, unsure)
        for name, question in QUESTIONS.items()
        if luck.random() >= left_out
    }
    if draw(st.booleans()):
        found["emergency_now"] = ["none"]
    return found


def assess(given_answers):
    return triage.assess(PROTOCOL, given_answers, explain=False)


@cache
def negated(expression, below_not=False):
    """The questions a condition reads below a NOT, also through facts, rules and what makes them visible."""
    found = set()
    match expression:
        case Includes(question=name) | Compare(question=name):
            asked_when = PROTOCOL.questions[name].asked_when
            found |= ({name} if below_not else set()) | (
                negated(asked_when.expression, below_not) if asked_when else set()
            )
        case Fact(name=name):
            found |= negated(PROTOCOL.facts[name].when.expression, below_not)
        case Fires(rule=name):
            found |= negated(PROTOCOL.rules[name].fires_when.expression, below_not)
        case Not(part):
            found |= negated(part, not below_not)
        case _:
            for part in parts_of(expression):
                found |= negated(part, below_not)
    return found


NEGATED = {name: negated(rule.fires_when.expression) for name, rule in PROTOCOL.rules.items()}


@settings(max_examples=200, deadline=None)
@given(answers(), st.sampled_from(sorted(QUESTIONS)), st.integers(0, 2**32))
def test_one_more_answer_loses_a_flag_only_where_the_rule_says_not(given_answers, name, seed):
    without = {key: value for key, value in given_answers.items() if key != name}
    more = without | {name: random_answer(QUESTIONS[name], PLACES, random.Random(seed), 0.1)}
    lost = {flag.rule for flag in assess(without).flags} - {flag.rule for flag in assess(more).flags}
    assert [rule for rule in lost if name not in NEGATED[rule]] == []


@settings(max_examples=300, deadline=None)
@given(answers(), st.data())
def test_unsure_in_place_of_a_no_never_lowers_the_tier(given_answers, data):
    denied = [name for name, value in given_answers.items() if answered_no(name, value)]
    if not denied:
        return
    name = data.draw(st.sampled_from(denied))
    unsure = ["unsure"] if PROTOCOL.questions[name].takes_many else "unsure"
    assert assess(given_answers | {name: unsure}).urgency >= assess(given_answers).urgency


def answered_no(name, value):
    question = PROTOCOL.questions[name]
    chosen = value if isinstance(value, list) else [value]
    denied = chosen[0] == "yes" if name == "neck_rotation" else chosen[0] in DENIALS  # "no" there: cannot turn the head
    return question.red_flag and "unsure" in question.option_ids and len(chosen) == 1 and denied


MAY_BE_UNSURE = [
    name for name, question in PROTOCOL.questions.items() if question.red_flag and "unsure" in question.option_ids
]


@settings(max_examples=300, deadline=None)
@given(answers(), st.sampled_from(MAY_BE_UNSURE))
def test_unsure_is_never_above_the_worst_definite_answer(given_answers, name):
    assert Comparison(PROTOCOL).of(PROTOCOL.questions[name], given_answers) is None


@settings(max_examples=100, deadline=None)
@given(answers(), st.randoms(use_true_random=False))
def test_the_order_of_answers_and_of_ticks_does_not_matter(given_answers, luck):
    names = list(given_answers)
    luck.shuffle(names)
    shuffled = {name: given_answers[name] for name in names}
    for name, value in shuffled.items():
        if isinstance(value, list):
            shuffled[name] = luck.sample(value, len(value))
    assert triage.assess(PROTOCOL, shuffled) == triage.assess(PROTOCOL, given_answers)


@settings(max_examples=100, deadline=None)
@given(answers())
def test_visible_questions_are_a_fixed_point_and_hidden_answers_do_not_count(given_answers):
    visible = triage.visible_questions(PROTOCOL, given_answers)
    used = {name: value for name, value in given_answers.items() if name in visible}
    assert triage.visible_questions(PROTOCOL, used) == visible
    full, reduced = assess(given_answers), assess(used)
    assert (full.flags, full.origins, full.specialists) == (reduced.flags, reduced.origins, reduced.specialists)


@settings(max_examples=100, deadline=None)
@given(answers(), st.integers(0, 2**32))
def test_a_rule_that_is_ruled_out_cannot_be_fired_by_answering_what_is_open(given_answers, seed):
    """Fill in every open question at random: only flags and rules "not ruled out" before may fire after."""
    luck = random.Random(seed)
    before = assess(given_answers)
    possible = {flag.rule for flag in before.flags} | {rule.rule for rule in before.not_ruled_out}
    filled = dict(given_answers)
    for name in PROTOCOL.questions:
        visible = triage.visible_questions(PROTOCOL, filled)
        if name in visible and is_open(name, given_answers, before):
            filled[name] = random_answer(QUESTIONS[name], PLACES, luck, 0)
    assert {flag.rule for flag in assess(filled).flags} <= possible


def is_open(name, given_answers, outcome):
    value = given_answers.get(name)
    chosen = value if isinstance(value, list) else [value]
    return name not in outcome.asked or value is None or "unsure" in chosen or "prefer_not" in chosen
