"""The compiled engine and the naive reading of the files must agree on everything, for three thousand answer sets.

`python -m bench.agreement` compares a hundred thousand.
"""

import pytest

from intake import triage
from tests.protocol.cases import FIRST as VIGNETTES
from tests.protocol.chance import answer_sets
from tests.protocol.naive import Case, Files


@pytest.fixture(scope="module")
def files():
    return Files()


def engine_says(answers):
    outcome = triage.assess(triage.shipped(), answers, explain=False)
    return {
        "asked": list(outcome.asked),
        "flags": [flag.rule for flag in outcome.flags],
        "unused_alarms": [(alarm.question, alarm.value, alarm.severity) for alarm in outcome.unused_alarms],
        "not_ruled_out": [rule.rule for rule in outcome.not_ruled_out],
        "urgency": outcome.urgency.word,
        "origins": [(origin.id, origin.points, origin.strength) for origin in outcome.origins],
        "points": (outcome.nerve_points, outcome.musculoskeletal_points),
    }


def naive_says(files, answers):
    case = Case(files, answers)
    return {
        "asked": case.asked(),
        "flags": case.flags(),
        "unused_alarms": case.unused_alarms(),
        "not_ruled_out": case.not_ruled_out(),
        "urgency": case.urgency(),
        "origins": case.origins(),
        "points": (case.nerve_points(), case.musculoskeletal_points()),
    }


@pytest.mark.parametrize("block", range(10))
def test_three_thousand_answer_sets_are_read_the_same_way(files, block):
    for answers in answer_sets(files, 300, seed=block):
        assert engine_says(answers) == naive_says(files, answers), answers


def test_the_vignettes_are_read_the_same_way(files):
    for vignette in VIGNETTES:
        assert engine_says(vignette["answers"]) == naive_says(files, vignette["answers"]), vignette["id"]


def test_random_answers_reach_every_tier_and_most_rules(files):
    """The comparison above would be empty if chance never fired anything."""
    fired, tiers = set(), set()
    for answers in answer_sets(files, 2000):
        outcome = triage.assess(triage.shipped(), answers, explain=False)
        fired |= {flag.rule for flag in outcome.flags}
        tiers.add(outcome.urgency)
    assert tiers == set(triage.Urgency)
    assert len(fired) >= 65
