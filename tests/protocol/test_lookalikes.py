"""People who have a danger sign for a harmless reason are not called dangerous, and are once the reason is gone."""

import pytest

from intake import triage
from tests.protocol.cases import read

LOOKALIKES = read("lookalikes.yaml", "lookalikes")
# The answers that exist to keep somebody calm, by the question that offers them.
CALMING = {
    "risk_conditions": ["prostate_bladder_long"],
    "neck_artery_signs": ["brief_spin"],
    "neck_artery_since": ["longer_same"],
    "aneurysm_whose": ["family", "mine_elsewhere"],
    "chest_area_kind": ["press_or_twist_only", "arm_or_cough_only"],
    "calf_since": ["longer_same"],
    "weight_bearing": ["not_walking"],
    "back_flags": ["known_old_fracture"],
    "area_look": ["recovers"],
    "limb_danger": ["settles"],
    "cancer_type": ["melanoma"],
    "cancer_history": ["minor_skin"],
    "walk_relief": ["sit_or_bend"],
    "fever_cause": ["now_cold_flu"],
}


@pytest.fixture(scope="module")
def protocol():
    return triage.shipped()


def judged(protocol, answers):
    return triage.assess(protocol, triage.validate_answers(protocol, answers), explain=False)


def tier(word):
    return triage.Urgency[word.upper()]


@pytest.mark.parametrize("person", LOOKALIKES, ids=lambda person: person["id"])
def test_who_has_the_sign_for_a_harmless_reason_stays_calm(protocol, person):
    outcome = judged(protocol, person["answers"])
    fired = [flag.rule for flag in outcome.flags]
    assert outcome.urgency <= tier(person["at_most"]), f"{person['shows']}: {fired}; {person['why']}"


@pytest.mark.parametrize("person", LOOKALIKES, ids=lambda person: person["id"])
def test_without_the_harmless_reason_the_same_person_is_called_higher(protocol, person):
    """Otherwise the person has no sign, and staying calm proves nothing."""
    outcome = judged(protocol, person["answers"] | person["serious_with"])
    assert outcome.urgency > tier(person["at_most"]), person["shows"]


@pytest.mark.parametrize("person", LOOKALIKES, ids=lambda person: person["id"])
def test_the_person_answers_all_that_is_asked_and_nothing_else(protocol, person):
    visible = triage.visible_questions(protocol, triage.validate_answers(protocol, person["answers"]))
    required = {name for name in visible if protocol.questions[name].required}
    assert required - set(person["answers"]) == set()
    assert set(person["answers"]) - set(visible) == set()


def test_there_are_sixty_people_and_every_answer_that_calms_is_given_by_one():
    assert len({person["id"] for person in LOOKALIKES}) == len(LOOKALIKES) >= 60
    assert all(len(person["shows"]) > 40 and person["why"] and person["sign"] for person in LOOKALIKES)
    given = {}
    for person in LOOKALIKES:
        for question, answer in person["answers"].items():
            given.setdefault(question, set()).update(answer if isinstance(answer, list) else [answer])
    missing = {question: set(options) - given.get(question, set()) for question, options in CALMING.items()}
    assert {question: options for question, options in missing.items() if options} == {}


def test_most_are_routine():
    routine = [person for person in LOOKALIKES if person["at_most"] == "routine"]
    assert len(routine) * 4 >= len(LOOKALIKES) * 3
    assert not [person for person in LOOKALIKES if person["at_most"] == "emergency"]
