"""What a patient reads at the end fits the place, the age and the person, and stays short."""

import random

import pytest
import yaml

from intake import triage
from tests.answers import HEALTHY, HEEL_PAIN
from tests.protocol.cases import EVERY, HERE, read
from tests.protocol.chance import random_answer

PROTOCOL = triage.shipped()
WORDING = PROTOCOL.wording
MOST_TEXTS, MOST_WORDS = 6, 180  # of self-care, for anybody
PLAIN = HEALTHY | {
    "age": 44,
    "pain_worst": 4,
    "symptom_quality": ["dull_ache"],
    "onset_when": "months_3_to_12",
    "onset_how": "gradual",
    "progression": "same",
}

# Who, what they answer beyond a plain ache, which texts they read, which would not fit them.
CARE = [
    ("a sore heel", {"pain_regions": ["heel_left"]}, "ease_off medicines shoes", "screen_and_breaks neck leg falls"),
    ("a sore neck", {"pain_regions": ["neck_back_mid"]}, "neck screen_and_breaks", "shoes leg back gentle_movement"),
    (
        "a neck without a screen",
        {"pain_regions": ["neck_back_mid"], "posture_habits": ["none"]},
        "neck",
        "screen_and_breaks",
    ),
    ("a headache", {"pain_regions": ["head_mid"]}, "head", "neck jaw shoes leg"),
    ("a sore jaw", {"pain_regions": ["face_jaw_left"]}, "jaw", "neck head shoes"),
    ("a sore back", {"pain_regions": ["low_back_mid"]}, "back", "screen_and_breaks neck shoes pregnant_back"),
    ("a sore shoulder", {"pain_regions": ["shoulder_right"]}, "shoulder screen_and_breaks", "hand neck shoes leg"),
    ("a sore hand", {"pain_regions": ["hand_right"]}, "hand", "shoulder screen_and_breaks shoes"),
    (
        "a knee that hurts on walks",
        {"pain_regions": ["knee_left"], "aggravators": ["walking"]},
        "leg",
        "screen_and_breaks shoes",
    ),
    ("a young runner's knee", {"pain_regions": ["knee_left"], "age": 25}, "gentle_movement", "leg falls young"),
    ("a boy with sore arches", {"pain_regions": ["arch_left"], "age": 15}, "young shoes", "falls bones leg"),
    (
        "a pregnant back",
        {"pain_regions": ["low_back_mid"], "pregnancy": "pregnant"},
        "pregnant_back back",
        "screen_and_breaks",
    ),
    (
        "a pregnant upper back",
        {"pain_regions": ["upper_back_mid"], "pregnancy": "pregnant"},
        "pregnant_back",
        "screen_and_breaks",
    ),
    (
        "a pregnant desk worker",
        {"pain_regions": ["upper_back_mid"], "pregnancy": "pregnant", "posture_habits": ["long_screen"]},
        "pregnant_back screen_and_breaks",
        "",
    ),
    ("a pregnant woman's heel", {"pain_regions": ["heel_left"], "pregnancy": "pregnant"}, "shoes", "pregnant_back"),
    (
        "a back after a birth",
        {"pain_regions": ["low_back_mid"], "pregnancy": "recent_birth"},
        "pregnant_back",
        "screen_and_breaks",
    ),
    (
        "diabetes",
        {"pain_regions": ["heel_left"], "risk_conditions": ["diabetes"], "diabetes_foot": ["none"]},
        "look_at_feet shoes",
        "",
    ),
    (
        "diabetes and feet that feel less",
        {"pain_regions": ["heel_left"], "risk_conditions": ["diabetes"], "diabetes_foot": ["lost_feeling"]},
        "look_at_feet",
        "shoes cold_and_hot gentle_movement",
    ),
    (
        "diabetes and a sore neck",
        {"pain_regions": ["neck_back_mid"], "risk_conditions": ["diabetes"]},
        "look_at_feet neck",
        "",
    ),
    (
        "a blood thinner",
        {"pain_regions": ["low_back_mid"], "medicines": ["blood_thinner"]},
        "blood_thinner",
        "medicines",
    ),
    ("weak bones", {"pain_regions": ["heel_left"], "risk_conditions": ["osteoporosis"]}, "bones", "gentle_movement"),
    ("72 with a sore knee", {"pain_regions": ["knee_left"], "age": 72}, "falls leg", "young"),
    ("72 with a sore shoulder", {"pain_regions": ["shoulder_left"], "age": 72}, "shoulder", "falls"),
    ("50 and falling", {"pain_regions": ["knee_left"], "age": 50, "walking_change": ["falls"]}, "falls", ""),
    (
        "tingling that is months old",
        {"pain_regions": ["hand_left"], "symptom_quality": ["tingling"]},
        "do_not_wait",
        "",
    ),
    (
        "a toe numb for years and no worse",
        {"pain_regions": ["big_toe_left"], "symptom_quality": ["numb"], "onset_when": "over_1_year"},
        "shoes",
        "do_not_wait cold_and_hot",
    ),
    ("no nerve feeling", {"pain_regions": ["low_back_mid"]}, "back", "do_not_wait"),
    (
        "an ankle twisted yesterday",
        {"pain_regions": ["ankle_left"], "onset_how": "injury", "injury_type": ["twist"], "onset_when": "under_48h"},
        "cold_first book_a_visit",
        "cold_and_hot",
    ),
    ("a heel sore for months", {"pain_regions": ["heel_left"]}, "cold_and_hot", "cold_first book_a_visit"),
    ("long-standing veins", {"pain_regions": ["shin_left"], "area_look": ["veins"], "age": 35}, "veins", ""),
]


def answers_of(change):
    return triage.validate_answers(PROTOCOL, PLAIN | change)


@pytest.mark.parametrize(("change", "reads", "never"), [row[1:] for row in CARE], ids=[row[0] for row in CARE])
def test_self_care_fits_the_place_and_the_person(change, reads, never):
    outcome = triage.assess(PROTOCOL, answers_of(change))
    assert outcome.urgency <= triage.Urgency.SOON
    assert set(reads.split()) <= set(outcome.self_care)
    assert not set(never.split()) & set(outcome.self_care)


SIGNS = [
    ("a sore heel", {"pain_regions": ["heel_left"]}, "back_or_leg foot_or_leg any", "neck arm trunk pregnant"),
    ("a sore neck", {"pain_regions": ["neck_back_mid"]}, "neck any", "back_or_leg foot_or_leg arm pregnant"),
    ("a sore hand", {"pain_regions": ["hand_left"]}, "neck arm any", "foot_or_leg trunk"),
    ("a sore back", {"pain_regions": ["low_back_mid"]}, "back_or_leg trunk any", "foot_or_leg neck arm"),
    (
        "a pregnant back",
        {"pain_regions": ["low_back_mid"], "pregnancy": "pregnant"},
        "back_or_leg pregnant",
        "after_birth",
    ),
    ("may be pregnant", {"pain_regions": ["hand_left"], "pregnancy": "unsure"}, "pregnant", "after_birth"),
    ("after a birth", {"pain_regions": ["neck_back_mid"], "pregnancy": "recent_birth"}, "after_birth", "pregnant"),
]


@pytest.mark.parametrize(("change", "reads", "never"), [row[1:] for row in SIGNS], ids=[row[0] for row in SIGNS])
def test_what_to_watch_for_fits_the_place_and_the_person(change, reads, never):
    signs = triage.assess(PROTOCOL, answers_of(change)).listed_signs
    assert set(reads.split()) <= set(signs)
    assert not set(never.split()) & set(signs)


def test_who_is_or_was_pregnant_is_told_of_one_swollen_calf_and_of_the_headache_with_a_change_of_sight():
    for sign in ("pregnant", "after_birth"):
        said = WORDING.listed_signs[sign].text
        assert "one swollen calf" in said
        assert "Call 911 for a bad headache with changes in sight" in said


@pytest.mark.parametrize("sign", WORDING.listed_signs)
@pytest.mark.parametrize(("language", "call"), [("en", "Call 911"), ("es", "Llame al 911")])
def test_the_signs_of_every_place_name_those_for_which_to_call_911(sign, language, call):
    said = WORDING.listed_signs[sign].text_in(language)
    assert not said.is_fallback
    assert call in said


BAD_LEG = {"pain_regions": ["shin_left", "low_back_mid"], "weight_bearing": "cannot"}
CONTRADICTIONS = [
    ("ease_off", "off_the_leg"),  # keep moving, and keep off the leg
    ("off_the_leg", "leg"),
    ("off_the_leg", "back"),
    ("off_the_leg", "gentle_movement"),
    ("medicines", "blood_thinner"),  # the second says it of the one that matters
    ("neck", "neck_still"),
    ("cold_first", "cold_and_hot"),
    ("bones", "gentle_movement"),  # yoga bends the back
]


PERSON = ("pain_regions", "age", "pregnancy", "risk_conditions", "medicines", "diabetes_foot", "posture_habits")
FEELING = ("symptom_quality", "onset_when", "walk_relief", "weight_bearing", "walking_change", "neck_rotation")


def somebody(luck):
    """A plain ache in a body of any kind: what the texts are chosen by is answered at random."""
    changes = {}
    for name in (*PERSON, *FEELING):
        question = PROTOCOL.questions[name]
        plain = {"type": question.type, "exclusive": list(question.exclusive)}
        plain["options"] = [{"id": option} for option in question.option_ids]
        places = list(PROTOCOL.questions["pain_regions"].option_ids)
        changes[name] = random_answer(plain, places, luck, 0.02)
    return PLAIN | {name: changes[name] for name in (*PERSON, *luck.sample(FEELING, 2))}


def everybody():
    """The project's cases, the named patients, the look-alikes, 1,000 people at random, and two made by hand."""
    luck = random.Random(29)
    yield from (case["answers"] for case in EVERY)
    named = yaml.safe_load((HERE.parents[1] / "bench" / "named_patients.yaml").read_text("utf-8"))
    yield from (person["answers"] for person in named)
    yield from (one["answers"] | one["serious_with"] for one in read("lookalikes.yaml", "lookalikes"))
    yield from (somebody(luck) for _ in range(1000))
    yield HEEL_PAIN | {"pain_regions": list(PROTOCOL.questions["pain_regions"].option_ids)}
    yield PLAIN | BAD_LEG


@pytest.fixture(scope="module")
def told():
    """What each of them reads who may wait for a visit."""
    outcomes = [
        triage.assess(PROTOCOL, triage.validate_answers(PROTOCOL, answers), explain=False) for answers in everybody()
    ]
    return [outcome for outcome in outcomes if outcome.urgency <= triage.Urgency.SOON]


def test_everybody_who_may_wait_reads_at_least_one_text_and_at_most_six(told):
    assert len(told) > 200
    for outcome in told:
        assert 1 <= len(outcome.self_care) <= MOST_TEXTS
        assert outcome.listed_signs[-1] == "any"
        for language in ("en", "es"):
            texts = [WORDING.self_care[item].text_in(language) for item in outcome.self_care]
            assert not [text for text in texts if text.is_fallback]
            assert sum(len(text.split()) for text in texts) <= MOST_WORDS


def test_nobody_reads_two_texts_that_contradict_each_other(told):
    for outcome in told:
        for one, other in CONTRADICTIONS:
            assert not {one, other} <= set(outcome.self_care)


HELD = {
    "no_loading": {"ease_off", "leg", "gentle_movement"},
    "no_calf_massage": {"gentle_movement", "cold_and_hot"},
    "no_heat_cold_needling": {"cold_and_hot", "cold_first"},
    "no_hands_on": {"gentle_movement"},
}


def test_nobody_is_told_to_do_what_the_therapist_holds_back(told):
    for outcome in told:
        for hold in outcome.holds:
            assert not HELD.get(hold.id, set()) & set(outcome.self_care), [flag.rule for flag in outcome.flags]


def test_every_text_is_read_by_somebody(told):
    read = {item for outcome in told for item in outcome.self_care}
    read |= {item for row in CARE for item in triage.assess(PROTOCOL, answers_of(row[1])).self_care}
    assert set(WORDING.self_care) - read == set()


def test_who_cannot_step_on_the_leg_is_told_to_keep_off_it():
    assert WORDING.self_care["off_the_leg"].show_when is not None
    assert WORDING.self_care["ease_off"].hide_when.expression == WORDING.self_care["off_the_leg"].show_when.expression


def test_of_many_fitting_texts_those_about_danger_come_first():
    """One person of 78 for whom nearly everything fits: the first six of the file's order are shown."""
    outcome = triage.assess(
        PROTOCOL,
        answers_of(
            {
                "age": 78,
                "pain_regions": ["heel_left", "knee_left", "low_back_mid", "shoulder_left", "neck_back_mid"],
                "risk_conditions": ["diabetes", "osteoporosis"],
                "diabetes_foot": ["none"],
                "medicines": ["blood_thinner"],
                "symptom_quality": ["tingling"],
            }
        ),
    )
    assert outcome.self_care == ("ease_off", "blood_thinner", "look_at_feet", "bones", "falls", "do_not_wait")


def test_who_must_be_seen_today_reads_no_self_care():
    urgent = triage.assess(PROTOCOL, answers_of({"pain_regions": ["heel_left"], "emergency_now": ["unsure"]}))
    assert urgent.urgency >= triage.Urgency.URGENT
    assert urgent.self_care == ()
