"""The questions a returning patient is asked anew, whatever they answered last time: all that can show a danger."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import triage
from tests.protocol.chance import random_answer
from tests.protocol.test_properties import PLACES, PROTOCOL, QUESTIONS, answers

SCREENING = triage.screening_questions(PROTOCOL)
BACKGROUND = triage.background_questions(PROTOCOL)


def test_these_are_background():
    """The whole list, so that a clinician sees each question that moves from one side to the other."""
    assert BACKGROUND == (
        "main_problem_area",
        "both_feet_start",
        "forefoot_pebble",
        "move_fear",
        "treatments_tried",
        "imaging_date",
        "specialists_seen",
        "surgery_considered",
        "back_move_effect",
        "knee_pressure",
        "ankle_tap",
        "chain_signs",
        "which_first",
        "posture_habits",
        "spine_history",
        "goal",
        "goal_difficulty",
        "anything_else",
    )


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("emergency_now", "a rule reads it"),
        ("bladder_since", "a rule reads it through a fact"),
        ("onset_when", "a rule reads it through a fact of a fact"),
        ("sexual_change", "only the list of unknowns reads it where it is unsure"),
        ("medicines", "a risk, read through a fact"),
        ("worry_level", "no rule reads it, but it decides whether low mood and self-harm are asked"),
        ("sex_at_birth", "it decides whether pregnancy is asked"),
        ("care_before", "it decides whether a question is asked that a rule reads"),
    ],
)
def test_these_screen(question, why):
    assert question in SCREENING, why


def test_every_question_is_one_or_the_other():
    assert set(BACKGROUND) | SCREENING == set(PROTOCOL.questions)
    assert not set(BACKGROUND) & SCREENING


def test_every_red_flag_question_screens():
    assert {name for name, question in PROTOCOL.questions.items() if question.red_flag} <= SCREENING


@settings(max_examples=400, deadline=None)
@given(answers(), st.lists(st.sampled_from(BACKGROUND), min_size=1, max_size=8), st.integers(0, 2**32))
def test_another_background_answer_changes_no_flag_and_no_tier(given_answers, names, seed):
    """Nor what could not be ruled out, nor what a therapist is told to hold back."""
    luck = random.Random(seed)
    other = given_answers | {name: random_answer(QUESTIONS[name], PLACES, luck, 0.2) for name in names}
    without = {name: value for name, value in given_answers.items() if name not in names}
    before = _danger(given_answers)
    assert _danger(other) == before
    assert _danger(without) == before


def _danger(given_answers):
    outcome = triage.assess(PROTOCOL, given_answers, explain=False)
    return (
        outcome.urgency,
        {flag.rule for flag in outcome.flags},
        {rule.rule for rule in outcome.not_ruled_out},
        {hold.id for hold in outcome.holds},
        outcome.self_harm,
    )
