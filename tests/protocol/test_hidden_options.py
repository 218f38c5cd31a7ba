"""Options that a patient is not shown: nothing hangs on them, and a protocol in which something could is refused."""

import re
import shutil

import pytest

from intake import triage
from intake.triage.checking.checker import check
from intake.triage.checking.hiding import folded_dangers, hidden_while_read
from tests.protocol.cases import ARMS, EVERY, FLOORS, UNSURE, answers_of, read
from tests.protocol.listed import as_listed
from tests.protocol.naive import FOLDER

PROTOCOL = triage.shipped()
WHOLE = [(case["id"], case["answers"]) for case in (*EVERY, *read("lookalikes.yaml", "lookalikes"))]
CHANGED = [
    (f"{variant['of']} {number}", answers_of(PROTOCOL, variant))
    for number, variant in enumerate((*UNSURE, *ARMS, *FLOORS))
]
QUESTIONS = "questions/history_and_medicines.yaml"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "protocol")


def hide(folder, option, condition, file=QUESTIONS):
    """List an option to fewer people than the shipped protocol does."""
    path = folder / file
    was = rf'    - {{?id: {option},?\s+label: (".*?"),?(\s+shown_when: ".*?")?}}?\n'
    now = rf'    - {{id: {option}, label: \1, shown_when: "{condition}"}}\n'
    text, hidden = re.subn(was, now, path.read_text("utf-8"), count=1)
    assert hidden == 1
    path.write_text(text, "utf-8")
    return triage.load(folder)


def test_nothing_that_decides_hangs_on_an_option_where_it_is_hidden():
    """The proof, over the shipped protocol."""
    hidden = [option for one in PROTOCOL.questions.values() for option in one.options if option.shown_when]
    assert len(hidden) >= 25, "the lists are short because options are hidden"
    assert list(hidden_while_read(PROTOCOL)) == []


@pytest.mark.parametrize(
    ("option", "condition", "by"),
    [
        ("diabetes", "pain_regions:{spine}", "the rule"),
        ("past_clot", "onset_when:under_48h", "the rule"),
        ("aneurysm", "age>=60", "the rule"),
        ("weak_immune", "NOT pain_regions:{spine}", "the rule"),
        ("joint_replacement", "area_look:hot AND pain_regions:{limb}", "the rule"),
    ],
)
def test_a_protocol_is_refused_that_hides_what_a_rule_could_still_read(folder, option, condition, by):
    """However old the pain is and wherever: the sign may be there, and the rule would fire by it."""
    found = list(hidden_while_read(hide(folder, option, condition)))
    assert [(defect.id, option in defect.wrong, by in defect.wrong) for defect in found] == [
        ("risk_conditions", True, True)
    ]


def test_what_an_alarm_names_is_not_hidden(folder):
    protocol = hide(folder, "vision_change", "pain_regions:{neck_head}", "questions/warning_signs.yaml")
    assert any("vision_change" in defect.wrong for defect in hidden_while_read(protocol))


def test_hiding_what_opens_a_question_hides_what_that_question_says(folder):
    """Diabetes asks for feet without feeling; whoever is not shown the first is not asked the second."""
    protocol = hide(folder, "diabetes", "NOT pain_regions:{foot} OR pain_worst>=3")
    assert any("diabetes" in defect.wrong for defect in hidden_while_read(protocol))


@pytest.mark.parametrize(
    ("option", "condition", "said"),
    [
        ("none", "pain_worst>=5", "not always listed"),
        ("gout", "rule.dvt", "names a rule"),
        ("gout", "medicines:chemo", "not asked on an earlier page"),
        ("gout", "bladder_change:leaking", "not asked on an earlier page"),
        ("gout", "pain_regions:{toes}", "has no group"),
    ],
)
def test_a_condition_of_an_option_is_read_like_that_of_a_question(folder, option, condition, said):
    with pytest.raises(triage.ProtocolError) as refused:
        hide(folder, option, condition)
    assert any(said in defect.wrong for defect in refused.value.defects), refused.value


def test_a_headings_options_are_those_of_the_list(folder):
    path = folder / QUESTIONS
    text = path.read_text("utf-8")
    first = text.index("options: [", text.index("headings:"))
    path.write_text(text[: first + len("options: [")] + "gout, " + text[first + len("options: [") :], "utf-8")
    with pytest.raises(triage.ProtocolError) as refused:
        triage.load(folder)
    assert any("headings" in defect.wrong for defect in refused.value.defects)


@pytest.mark.parametrize(
    ("name", "answers"), [*WHOLE, *CHANGED], ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_a_patient_can_tick_says_the_same(name, answers):
    """The same urgency, the same flags, the same first specialist as with every option listed."""
    full = triage.validate_answers(PROTOCOL, answers)
    told = [triage.assess(PROTOCOL, one, explain=False) for one in (full, as_listed(PROTOCOL, full))]
    assert told[0].urgency == told[1].urgency
    assert [flag.rule for flag in told[0].flags] == [flag.rule for flag in told[1].flags]
    assert [one.rule for one in told[0].not_ruled_out] == [one.rule for one in told[1].not_ruled_out]
    assert told[0].specialists[0].id == told[1].specialists[0].id
    assert told[0].unused_alarms == told[1].unused_alarms


def test_metal_where_it_hurts_is_asked_of_every_limb():
    """No rule needs it of a calm knee; whoever treats it by hand, needle or current has to know."""
    knee = {"pain_regions": ["knee_left"], "symptom_quality": ["dull_ache"], "area_look": ["normal"]}
    listed = triage.listed_options(PROTOCOL, knee | {"general_signs": ["none"]})["risk_conditions"]
    assert "joint_replacement" in listed
    assert "heavy_alcohol" not in listed


def test_who_is_not_sure_is_shown_the_whole_list():
    sure = {"symptom_quality": ["sharp"], "pain_regions": ["heel_right"]}
    listed = triage.listed_options(PROTOCOL, sure)["risk_conditions"]
    assert "nitrous" not in listed
    assert "nitrous" in triage.listed_options(PROTOCOL, sure | {"symptom_quality": ["unsure"]})["risk_conditions"]


def test_what_was_chosen_stays_in_its_list():
    answers = {"symptom_quality": ["sharp"], "pain_regions": ["heel_right"], "risk_conditions": ["nitrous"]}
    assert "nitrous" in triage.listed_options(PROTOCOL, answers)["risk_conditions"]


def test_the_shipped_protocol_is_checked_for_it():
    assert check(PROTOCOL, search=False).clean


# Folds ----------------------------------------------------------------------------------------------------------------


def test_the_shipped_protocol_folds_context_alone():
    folded = {one.id for one in PROTOCOL.questions.values() if any(heading.folded for heading in one.headings)}
    assert folded == {"risk_conditions", "recent_events"}
    assert list(folded_dangers(PROTOCOL)) == []


def test_a_fold_in_a_question_about_signs_is_refused(folder):
    """Whoever has a danger sign is not made to look for it under a heading."""
    path = folder / QUESTIONS
    path.write_text(
        re.sub(r"(- id: recent_events\n(?:.*\n){3}  counts_as: )context", r"\1sign", path.read_text()), "utf-8"
    )
    found = [(defect.id, "danger" in defect.wrong) for defect in folded_dangers(triage.load(folder))]
    assert found == [("recent_events", True)] * 2


def test_a_fold_over_an_answer_that_alarms_is_refused(folder):
    alarms = folder / "alarms.yaml"
    alarming = '- answers: recent_events:tick_bite\n  severity: concerning\n  why: "For this test."\n'
    alarms.write_text(f"{alarms.read_text('utf-8').rstrip()}\n\n{alarming}", "utf-8")
    assert [defect.id for defect in folded_dangers(triage.load(folder))] == ["recent_events"]
