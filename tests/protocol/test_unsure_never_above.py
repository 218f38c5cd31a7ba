"""“Unsure” never lies above the worst definite answer, and for context at most one tier above the one that denies."""

import shutil

import pytest

from intake import triage
from intake.triage.checking.cases import Block, read_cases
from intake.triage.checking.unsure import Comparison, too_high
from tests.protocol.naive import FOLDER

RULE = "limb_deformity"
CONDITION = "    area_look:deformed AND onset_how:injury AND ACUTE_1W\n"


@pytest.fixture
def planted(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "protocol")

    def plant(condition):
        path = folder / "rules/emergency.yaml"
        text = path.read_text(encoding="utf-8")
        assert CONDITION in text
        path.write_text(text.replace(CONDITION, f"    {condition}\n"), encoding="utf-8")
        protocol = triage.load(folder)
        blocks = [block for block in read_cases(folder) if isinstance(block, Block)]
        return list(too_high(protocol, blocks, [RULE]))

    return plant


def test_an_unsure_sign_that_raises_what_the_sign_itself_does_not_is_found(planted):
    (found,) = planted("hip_signs:unsure")
    assert (found.question, found.option, found.tier) == ("hip_signs", "unsure", triage.Urgency.EMERGENCY)
    assert found.definite_tier < triage.Urgency.EMERGENCY
    assert "'unsure' is emergency" in str(found)


def test_an_unsure_sign_that_counts_as_the_sign_does_is_not(planted):
    assert planted("hip_signs:hop_pain/unsure") == []


def test_unsure_context_two_tiers_above_a_no_is_found_even_where_a_yes_is_as_high(planted):
    (found,) = planted("medicines:blood_thinner/unsure")
    assert (found.question, found.definite) == ("medicines", ["none"])


def test_what_a_definite_answer_opens_may_still_raise_it(planted):
    """Fever alone is nothing before its cause is told, so an unsure fever may count like an unexplained one."""
    assert planted("general_signs:unsure OR (general_signs:fever_chills AND fever_cause:now_unexplained)") == []


def test_answers_that_a_definite_answer_leaves_unasked_are_not_compared():
    protocol = triage.shipped()
    answers = {"onset_how": "unsure", "injury_type": ["fall_height"]}
    assert Comparison(protocol).of(protocol.questions["onset_how"], answers) is None
