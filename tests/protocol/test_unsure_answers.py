"""An unsure answer is never a no: each row of the list of unknowns does what the reference says, and no more."""

import pytest
import yaml

from intake import triage
from tests.protocol.test_vignettes_more import EVERY, HERE

BY_ID = {case["id"]: case["answers"] for case in EVERY}
VARIANTS = yaml.safe_load((HERE / "unsure.yaml").read_text("utf-8"))["variants"]
RED_FLAGS_UNSURE = ("unsure", "prefer_not")


@pytest.fixture(scope="module")
def protocol():
    return triage.shipped()


def answers_of(protocol, variant):
    """The changed case, without answers to questions that are no longer asked."""
    answers = BY_ID[variant["of"]] | variant["change"]
    visible = triage.visible_questions(protocol, triage.validate_answers(protocol, answers))
    return {name: answers[name] for name in visible if name in answers}, visible


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: f"{variant['row']} ({variant['of']})")
def test_the_row_has_its_effect(protocol, variant):
    answers, visible = answers_of(protocol, variant)
    assert not [name for name in visible if protocol.questions[name].required and name not in answers]
    assert set(variant["change"]) <= set(answers), "a changed answer is to a question that is asked"
    outcome = triage.assess(protocol, answers)
    fired = {flag.rule for flag in outcome.flags}
    assert outcome.urgency.word == variant["urgency"]
    assert set(variant["flags"]) <= fired
    if variant.get("only") or variant["urgency"] == "routine":
        assert fired == set(variant["flags"])
    assert set(variant.get("asked", [])) <= set(outcome.asked)
    assert set(variant.get("not_checked", [])) <= set(outcome.strength_not_checked)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: f"{variant['row']} ({variant['of']})")
def test_the_therapist_sees_every_unsure_red_flag_answer(protocol, variant):
    answers, _ = answers_of(protocol, variant)
    given = {
        name
        for name, answer in answers.items()
        if protocol.questions[name].red_flag
        for value in (answer if isinstance(answer, list) else [answer])
        if value in RED_FLAGS_UNSURE
    }
    outcome = triage.assess(protocol, answers)
    shown = {unsure.question for unsure in outcome.unsure} | set(outcome.strength_not_checked)
    assert given <= shown
