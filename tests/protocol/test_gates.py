"""Each gate that the second clinical round took away would be caught if somebody put it back.

A gate is a part of a condition that let a danger sign count only in company: at one place, at one age, in the first
week. Each is put back as an edit of today's files; a case fails, or the search finds a new cliff of the rules named.
"""

import shutil

import pytest

from intake import triage
from intake.triage.checking.accepting import judge_cliffs
from intake.triage.checking.cases import Block, read_cases, run_cases
from intake.triage.checking.cliffs import cliffs
from tests.protocol.naive import FOLDER

GATES = [  # tier, rule, what stands there today, the same with the gate, and the rules whose patients would fall
    ("emergency", "cervical_artery_dissection", "NOT NECK_SIGN_OLD)", "NECK_HEAD_ACUTE AND NOT NECK_SIGN_OLD)", ()),
    (
        "emergency",
        "sphincter_loss",
        "bladder_change:cannot_go AND",
        "pain_regions:{sciatic} AND bladder_change:cannot_go AND",
        (),
    ),
    ("emergency", "heart_possible", "pain_regions:{chest} AND", "age>=50 AND pain_regions:{chest} AND", ()),
    (
        "urgent",
        "sphincter_change",
        "bladder_change:no_feeling/cannot_go AND",
        "pain_regions:{sciatic} AND bladder_change:no_feeling/cannot_go AND",
        ("sphincter_loss",),
    ),
    ("urgent", "sphincter_change", "BOWEL_NEW AND", "BOWEL_NEW AND saddle_change:yes_new AND", ("sphincter_loss",)),
    ("urgent", "sphincter_change", "OR CES_SADDLE OR", "OR (CES_SADDLE AND LEG_NEURO) OR", ("sphincter_loss",)),
    ("urgent", "cannot_bear_weight", "(ACUTE_6W OR", "(ACUTE_1W OR", ("hip_fracture",)),
    (
        "urgent",
        "tearing_pain",
        "(ACUTE_1W AND NOT_BY_EFFORT)",
        "(ACUTE_1W AND age>=50 AND NOT_BY_EFFORT)",
        ("aortic_emergency",),
    ),
    ("urgent", "tearing_pain", "((ACUTE_6W AND", "((ACUTE_1W AND", ("aortic_emergency",)),
    (
        "urgent",
        "limb_pressure_possible",
        "LIMB_PRESSURE_TWO AND ACUTE_6W",
        "LIMB_PRESSURE_TWO AND ACUTE_1W",
        ("acute_compartment",),
    ),
    ("urgent", "limb_pressure_possible", "(LIMB_PRESSURE AND", "(LIMB_PRESSURE_TWO AND", ("acute_compartment",)),
    (
        "urgent",
        "limb_pressure_possible",
        "OR limb_danger:cast_tight",
        "OR (limb_danger:cast_tight AND ACUTE_1W)",
        ("acute_compartment",),
    ),
    ("urgent", "cold_limb", "(COLD_NOW OR", "((COLD_NOW AND onset_how:sudden_no_injury) OR", ("acute_limb_ischemia",)),
    (
        "urgent",
        "neck_vascular_possible",
        "double_vision/drop_attack/eyelid_pupil AND",
        "double_vision/drop_attack/eyelid_pupil AND NECK_HEAD_ACUTE AND",
        ("cervical_artery_dissection",),
    ),
    (
        "urgent",
        "neck_vascular_possible",
        "(NOT NECK_SIGN_OLD OR NECK_HEAD_ACUTE)",
        "NECK_HEAD_ACUTE",
        ("cervical_artery_dissection",),
    ),
    (
        "urgent",
        "giant_cell_arteritis",
        "headache_signs:jaw_tired AND NEW_12W",
        "headache_signs:jaw_tired AND girdle_stiffness:yes_new AND NEW_12W",
        (),
    ),
    (
        "urgent",
        "dvt",
        "(calf_signs:one_calf_swollen AND NOT CALF_OLD)",
        "(calf_signs:one_calf_swollen AND VTE_RISK AND NOT CALF_OLD)",
        (),
    ),
    (
        "urgent",
        "progressive_myelopathy",
        "numb_pattern:trunk_band AND ACUTE_6W",
        "numb_pattern:trunk_band AND CORD_GAIT AND ACUTE_6W",
        ("acute_cord_compression",),
    ),
    ("urgent", "chest_pain_check", "pain_regions:{chest} AND ACUTE_6W", "pain_regions:{chest} AND ACUTE_1W", ()),
    ("soon", "weight_bearing_check", "AND weight_bearing:cannot", "AND ACUTE_6W AND weight_bearing:cannot", ()),
    ("soon", "sphincter_check", "(sexual_change:yes_new OR", "((sexual_change:yes_new AND LEG_NEURO) OR", ()),
    (
        "soon",
        "arteritis_check",
        "headache_signs:scalp_sore/new_headache",
        "girdle_stiffness:yes_new AND headache_signs:scalp_sore/new_headache",
        (),
    ),
    (
        "soon",
        "calf_check",
        "calf_signs:one_calf_swollen/whole_limb_swollen",
        "(ACUTE_12W AND calf_signs:one_calf_swollen/whole_limb_swollen)",
        (),
    ),
]


@pytest.fixture(scope="module")
def blocks():
    return [block for block in read_cases(FOLDER) if isinstance(block, Block)]


@pytest.mark.parametrize(("tier", "rule", "today", "gated", "above"), GATES)
def test_a_gate_that_was_taken_away_is_caught_when_it_comes_back(blocks, tmp_path, tier, rule, today, gated, above):
    folder = shutil.copytree(FOLDER, tmp_path / "protocol")
    put_back(folder / f"rules/{tier}.yaml", rule, today, gated)
    protocol = triage.load(folder)
    about = [block for block in blocks if block.about == rule]
    caught = next(iter(run_cases(protocol, about)), None)
    if caught is None:
        judged = judge_cliffs(protocol, cliffs(protocol, blocks, [rule, *above]))
        caught = next((cliff for cliff, entry in judged.cliffs if entry is None), None)
    assert caught is not None


def put_back(path, rule, today, gated):
    """Edit the rule's condition, however its lines are broken; there is one place where the gate was."""
    text = path.read_text(encoding="utf-8")
    start = text.index(f"- id: {rule}\n")
    begin = text.index("fires_when: >-\n", start) + len("fires_when: >-\n")
    end = text.index("  must_not_fire_on:", begin)
    condition = " ".join(text[begin:end].split())
    assert today in condition, f"{today!r} does not stand in {rule}: {condition}"
    path.write_text(f"{text[:begin]}    {condition.replace(today, gated, 1)}\n{text[end:]}", encoding="utf-8")
