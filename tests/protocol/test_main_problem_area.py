"""The area that bothers most orders the origins; it never hides that the spine or the cord may be behind the pain.

Somebody with cord signs may well say that the foot bothers them most. Who reads the case must still see the cord.
"""

import random

import pytest

from intake import triage
from intake.triage.deciding.routing import rank_origins
from tests.protocol.cases import EVERY
from tests.protocol.chance import random_answer
from tests.protocol.test_properties import PLACES, PROTOCOL, QUESTIONS

SPINE_AND_CORD = ("lumbar_radicular", "lumbar_stenosis", "cervical_cord", "cervical_radicular")
AREAS = PROTOCOL.questions["main_problem_area"].option_ids


def spine_and_cord(answers):
    """The spine and cord origins that are listed as at least possible."""
    origins = triage.assess(PROTOCOL, answers, explain=False).origins
    return {origin.id for origin in origins if origin.id in SPINE_AND_CORD and origin.strength != "not_enough"}


def assert_no_area_hides_any(answers):
    listed = {area: spine_and_cord(answers | {"main_problem_area": area}) for area in AREAS}
    assert len(set(map(frozenset, listed.values()))) == 1, listed


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case["id"])
def test_no_area_hides_the_spine_in_a_written_case(case):
    answers = triage.validate_answers(PROTOCOL, case["answers"])
    more = random.Random(case["id"]).sample(PLACES, 3)  # the area is asked from three places on
    assert_no_area_hides_any(answers | {"pain_regions": sorted({*answers.get("pain_regions", ()), *more})})


@pytest.mark.parametrize("seed", range(200))
def test_no_area_hides_the_spine_in_random_answers(seed):
    luck = random.Random(seed)
    answers = {name: random_answer(question, PLACES, luck, 0.05) for name, question in QUESTIONS.items()}
    assert_no_area_hides_any(answers | {"emergency_now": ["none"], "pain_regions": luck.sample(PLACES, 4)})


@pytest.mark.parametrize("origin", SPINE_AND_CORD)
@pytest.mark.parametrize(("points", "listed"), [(3, True), (2, False)])
def test_the_fourth_is_listed_when_it_is_the_spine_and_possible(origin, points, listed):
    scores = dict.fromkeys(PROTOCOL.origins, 0)
    scores |= {"hip_origin": 8, "kinetic_chain_up": 7, "local_foot_ankle": 6, "tarsal_tunnel": 5, origin: points}
    found = [one.id for one in rank_origins(PROTOCOL, scores, ())]
    assert found == ["hip_origin", "kinetic_chain_up", "local_foot_ankle"] + [origin] * listed


def test_no_spine_or_cord_origin_gets_points_from_the_area():
    """Otherwise its own strength would hang on it."""
    for name in SPINE_AND_CORD:
        assert not [w for w in PROTOCOL.origins[name].evidence if "main_problem_area" in w.when.text]
