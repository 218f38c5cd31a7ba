"""An unsure answer is never a no: each row of the list of unknowns does what the reference says, and no more."""

import pytest

from intake import triage
from tests.protocol.cases import UNSURE, answers_of

NOT_A_NO = ("unsure", "prefer_not")


@pytest.fixture(scope="module")
def protocol():
    return triage.shipped()


@pytest.mark.parametrize("variant", UNSURE, ids=lambda variant: f"{variant['row']} ({variant['of']})")
def test_the_row_has_its_effect(protocol, variant):
    outcome = triage.assess(protocol, answers_of(protocol, variant))
    fired = {flag.rule for flag in outcome.flags}
    assert outcome.urgency.word == variant["urgency"]
    assert set(variant["flags"]) <= fired
    if variant.get("only") or variant["urgency"] == "routine":
        assert fired == set(variant["flags"])
    assert set(variant.get("asked", [])) <= set(outcome.asked)
    assert set(variant.get("not_checked", [])) <= set(outcome.strength_not_checked)


@pytest.mark.parametrize("variant", UNSURE, ids=lambda variant: f"{variant['row']} ({variant['of']})")
def test_the_therapist_sees_every_unsure_red_flag_answer(protocol, variant):
    answers = answers_of(protocol, variant)
    given = {
        name
        for name, answer in answers.items()
        if protocol.questions[name].red_flag
        for value in (answer if isinstance(answer, list) else [answer])
        if value in NOT_A_NO
    }
    outcome = triage.assess(protocol, answers)
    shown = {unsure.question for unsure in outcome.unsure} | set(outcome.strength_not_checked)
    assert given <= shown
