"""What docs/performance.md says of pages rests on: five invented patients come to the end, the first page is light."""

import pytest

from bench.weight import FIRST_PAGE_AT_MOST, IN_ALL, REACHED, Reading, Way, patients, still_wanted, too_much
from intake import triage

FIVE = patients()


@pytest.mark.parametrize("patient", FIVE, ids=lambda patient: patient["name"])
def test_each_answers_all_that_is_asked(patient):
    protocol = triage.shipped()
    answers = triage.validate_answers(protocol, patient["answers"] | {"age": 2026 - int(patient["born"][:4])})
    asked = triage.visible_questions(protocol, answers)
    assert not [name for name in asked if protocol.questions[name].required and name not in answers]


@pytest.mark.parametrize("patient", [FIVE[0], FIVE[3]], ids=lambda patient: patient["name"])
def test_the_way_is_measured_to_its_end(patient, location):
    way = Way(patient).goes()
    assert way.address.endswith("/intake/done/")
    assert len(way.questions) > 20
    first = way.pages[0].packed + sum(packed for _raw, packed in way.files.values())
    assert len(way.files) >= 3
    assert first < FIRST_PAGE_AT_MOST * 1000


def reading(**more):
    """What plain heel pain came down to, with one figure changed."""
    reached = {name: REACHED[name] for name in ("pages", "questions", "options", "minutes", "in_all")}
    return Reading(**reached | {"words": 2400, "screens": 41.0} | more)


@pytest.mark.parametrize(
    "more", [{"pages": 13}, {"questions": 27}, {"options": 220}, {"minutes": 12.0}, {"in_all": 15.5}]
)
def test_the_command_fails_when_the_form_grows_again(more):
    assert too_much("Ana Ruiz", reading()) == []
    [said] = too_much("Ana Ruiz", reading(**more))
    assert next(iter(more)) in said


def test_what_is_still_longer_than_wanted_is_said_and_is_no_failure():
    assert any("questions 26.0, at most 20.0 wanted" in line for line in still_wanted("Ana Ruiz", reading()))


@pytest.mark.parametrize("name", IN_ALL)
def test_the_others_may_not_grow_either(name):
    assert too_much(name, reading(in_all=IN_ALL[name] + 1))
    assert not too_much(name, reading(in_all=IN_ALL[name]))
