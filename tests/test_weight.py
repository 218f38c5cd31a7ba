"""What docs/performance.md says of pages rests on: five invented patients come to the end, the first page is light."""

import pytest

from bench.weight import FIRST_PAGE_AT_MOST, Way, patients
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
