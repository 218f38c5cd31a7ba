"""Answers that alarm by themselves: each is used by a fired rule, calm for a stated reason, or told as unused.

The rules change; so most of these run on a copy of the protocol in which the rules that read an answer are cut down
to what the test needs.
"""

import json
import re
import shutil
from io import StringIO

import pytest
from django.core.management import call_command

from intake import triage
from intake.triage.checking.checker import check
from intake.triage.checking.comparing import compare
from intake.triage.checking.documenting import document
from tests.protocol.cases import EVERY
from tests.protocol.naive import FOLDER, Case, Files
from tests.protocol.test_checker import edit

NEVER = "pain_worst>=1 AND pain_worst<=0"
NECK = {"age": 40, "pain_regions": ["neck_back_mid"], "onset_when": "over_1_year", "emergency_now": ["none"]}
BACK = {"age": 40, "pain_regions": ["low_back_mid"], "onset_when": "over_1_year", "emergency_now": ["none"]}
ALARMS = """
- answers: emergency_now:face_droop/speech_trouble
  severity: critical
  why: "Stroke signs."
- answers: bladder_change:cannot_go
  severity: critical
  unless: bladder_since:years
  why: "Retention."
- answers: neck_artery_signs:double_vision/drop_attack
  severity: serious
  why: "Brain stem signs."
- answers: walking_change:falls
  severity: concerning
  unless: NOT ACUTE_12W
  why: "Falls."
"""


@pytest.fixture
def folder(tmp_path):
    """A protocol whose rules never fire, except as a test gives one of them another condition."""
    folder = shutil.copytree(FOLDER, tmp_path / "protocol")
    for tier in ("emergency", "urgent", "soon"):
        path = folder / "rules" / f"{tier}.yaml"
        path.write_text(re.sub(r"(?m)^  fires_when: .*(\n    .*)*", f"  fires_when: {NEVER}", path.read_text()))
    (folder / "alarms.yaml").write_text(ALARMS)
    return folder


def fires_when(folder, rule, condition, tier="emergency"):
    edit(folder, f"rules/{tier}.yaml", f"- id: {rule}\n", f"- id: {rule}\n  was: here\n")
    path = folder / "rules" / f"{tier}.yaml"
    head, rest = path.read_text().split("  was: here\n")
    path.write_text(head + rest.replace(f"fires_when: {NEVER}", f"fires_when: {condition}", 1))


def unused(folder, answers):
    """What the engine leaves unused; the naive reading of the same files has to say the same."""
    found = triage.assess(triage.load(folder), answers, explain=False).unused_alarms
    naive = Case(Files(folder), answers).unused_alarms()
    assert [(one.question, one.value, one.severity) for one in found] == naive
    return [f"{one.question}:{one.value}" for one in found]


@pytest.mark.parametrize(
    ("rule", "answers", "left"),
    [
        ("age>=18", NECK | {"neck_artery_signs": ["double_vision"]}, ["neck_artery_signs:double_vision"]),
        ("neck_artery_signs:double_vision", NECK | {"neck_artery_signs": ["double_vision"]}, []),
        ("neck_artery_signs:dizzy/double_vision", NECK | {"neck_artery_signs": ["dizzy", "double_vision"]}, []),
        (
            "neck_artery_signs:double_vision",
            NECK | {"neck_artery_signs": ["double_vision", "drop_attack"]},
            ["neck_artery_signs:drop_attack"],
        ),
        (
            "neck_artery_signs:double_vision AND age>=50",
            NECK | {"neck_artery_signs": ["double_vision"]},
            ["neck_artery_signs:double_vision"],
        ),
        ("age>=18 OR neck_artery_signs:double_vision", NECK | {"neck_artery_signs": ["double_vision"]}, []),
        ("NOT (age<=17 OR NOT neck_artery_signs:drop_attack)", NECK | {"neck_artery_signs": ["drop_attack"]}, []),
        (
            "NOT neck_artery_signs:drop_attack",
            NECK | {"neck_artery_signs": ["double_vision"]},
            ["neck_artery_signs:double_vision"],
        ),
        (
            "atleast(1; neck_artery_signs:double_vision; neck_artery_signs:drop_attack)",
            NECK | {"neck_artery_signs": ["double_vision", "drop_attack"]},
            [],
        ),
        (
            "atleast(3; age>=18; neck_artery_signs:double_vision; neck_artery_signs:drop_attack)",
            NECK | {"neck_artery_signs": ["double_vision"]},
            ["neck_artery_signs:double_vision"],
        ),
        ("age>=18", BACK | {"bladder_change": ["cannot_go"], "bladder_since": "years"}, []),
        ("age>=18", BACK | {"bladder_change": ["cannot_go"], "bladder_since": "days"}, ["bladder_change:cannot_go"]),
        ("age>=18", BACK | {"bladder_change": ["cannot_go"]}, ["bladder_change:cannot_go"]),
        ("age>=18", BACK | {"walking_change": ["falls"]}, []),
        ("age>=18", BACK | {"walking_change": ["falls"], "onset_when": "weeks_1_to_6"}, ["walking_change:falls"]),
        ("age>=18", BACK | {"neck_artery_signs": ["double_vision"]}, []),  # not asked of a back
        ("age>=18", NECK | {"neck_artery_signs": ["unsure"]}, []),
        ("age>=18", NECK | {"emergency_now": ["none"]}, []),
    ],
)
def test_an_alarming_answer_is_unused_unless_a_fired_rule_is_true_by_it_or_it_is_calm(folder, rule, answers, left):
    fires_when(folder, "stroke_tia", rule)
    assert unused(folder, answers) == left


def test_unused_alarms_stand_by_severity_and_then_as_the_list_has_them(folder):
    answers = NECK | {
        "onset_when": "under_48h",
        "emergency_now": ["speech_trouble", "face_droop"],
        "neck_artery_signs": ["drop_attack"],
        "walking_change": ["falls"],
    }
    assert unused(folder, answers) == [
        "emergency_now:face_droop",
        "emergency_now:speech_trouble",
        "neck_artery_signs:drop_attack",
        "walking_change:falls",
    ]


def test_an_alarm_that_a_flag_used_without_naming_it_stands_beside_that_flag(folder):
    fires_when(folder, "stroke_tia", "emergency_now:face_droop OR bladder_change:cannot_go OR age>=18")
    answers = BACK | {"emergency_now": ["face_droop"], "bladder_change": ["cannot_go"], "bladder_since": "days"}
    (flag,) = triage.assess(triage.load(folder), answers).flags
    told = [*flag.answers, *flag.also]
    assert len(flag.answers) == 1
    assert {("emergency_now", "face_droop"), ("bladder_change", "cannot_go")} <= {(a.question, a.value) for a in told}
    assert unused(folder, answers) == []


def test_an_alarm_is_told_with_explanation_and_without_it_alike(folder):
    protocol, answers = triage.load(folder), NECK | {"neck_artery_signs": ["drop_attack"]}
    told = [{"question": "neck_artery_signs", "value": "drop_attack", "severity": "serious"}]
    assert triage.assess(protocol, answers, explain=False).as_json(explain=False)["unused_alarms"] == told
    assert triage.assess(protocol, answers).as_json()["unused_alarms"] == told
    assert triage.explain(protocol, answers)["unused_alarms"] == told


def test_the_triage_command_prints_them(tmp_path):
    file = tmp_path / "cases.yaml"
    file.write_text(json.dumps([{"id": "one", "answers": {"age": 40, "emergency_now": ["none"]}}]))
    out = StringIO()
    call_command("triage", str(file), stdout=out)
    assert json.loads(out.getvalue())["unused_alarms"] == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("neck_artery_signs:double", "neck_artery_sign:double", ("is not known", "Did you mean 'neck_artery_signs'?")),
        ("drop_attack", "drop_attacks", ("has no option 'drop_attacks'", "Did you mean")),
        ("face_droop/speech_trouble", "face_droop/face_droop", ("names an option twice",)),
        ("neck_artery_signs:double_vision/", "emergency_now:face_droop\n#", ("stands twice", "Keep one")),
        ("double_vision/drop_attack", "none/drop_attack", ("calm answer", "Take it off the list")),
        ("double_vision/drop_attack", "unsure/drop_attack", ("calm answer", "Take it off the list")),
        ("neck_artery_signs:double_vision/drop_attack", "activities_limited:work", ("no red-flag question", "Mark it")),
        ("neck_artery_signs:double_vision/drop_attack", "pain_regions:abdomen_mid", ("no options", "Name options")),
        ("neck_artery_signs:double_vision/drop_attack", "age>=50", ("not options of one question", "Write them")),
        ("neck_artery_signs:double_vision/drop_attack", "pain_regions:{spine}", ("not options of one", "Write them")),
        ("unless: bladder_since:years", "unless: bladder_since:year", ("has no option 'year'", "Did you mean")),
        ("unless: bladder_since:years", "unless: bladder_since:years AND", ("cannot be read", "README")),
        ("unless: NOT ACUTE_12W", "unless: NOT ACUTE_11W", ("'ACUTE_11W' is not known", "Did you mean")),
        ("severity: serious", "severity: grave", ("'grave' is not known", "critical, serious, concerning")),
        ("severity: concerning", "severity: critical", ("stands after serious", "Put the worst first")),
        ("severity: serious", "severty: serious", ("'severity' is missing", "Add a line")),
        ('  why: "Falls."', '  why: "Falls."\n  who: me', ("'who' is not known", "spelling")),
        ('  why: "Falls."', "", ("'why' is missing", "Add a line")),
    ],
)
def test_a_list_with_a_defect_is_refused_with_file_line_id_and_what_to_do(folder, before, after, said):
    edit(folder, "alarms.yaml", before, after)
    with pytest.raises(triage.ProtocolError) as refused:
        triage.load(folder)
    defect = refused.value.defects[0]
    assert defect.file == "alarms.yaml"
    assert defect.line > 0
    assert defect.id
    for words in said:
        assert words in str(defect)


def test_a_protocol_stored_before_the_list_existed_is_still_read_but_not_activated(folder):
    (folder / "alarms.yaml").unlink()
    protocol = triage.load(folder)
    assert triage.assess(protocol, NECK | {"neck_artery_signs": ["drop_attack"]}).unused_alarms == ()
    assert any(defect.file == "alarms.yaml" for defect in check(protocol, search=False).defects)


def test_a_calm_condition_that_can_never_hold_is_refused_by_the_checker(folder):
    edit(folder, "alarms.yaml", "unless: NOT ACUTE_12W", "unless: age>=140")
    assert any("never true" in str(one) for one in check(triage.load(folder), search=False).defects)


def test_the_list_belongs_to_the_version_and_its_changes_are_told(folder, tmp_path):
    before = triage.load(shutil.copytree(folder, tmp_path / "before"))
    edit(folder, "alarms.yaml", "double_vision/drop_attack", "drop_attack/face_numb")
    edit(folder, "alarms.yaml", "unless: bladder_since:years\n  why", "why")
    edit(folder, "alarms.yaml", "severity: serious", "severity: concerning")
    after = triage.load(folder)
    assert after.digest != before.digest
    told = compare(before, after)
    assert any("neck_artery_signs:double_vision (serious) is off the list" in line for line in told)
    assert any("neck_artery_signs:face_numb is new, concerning, always" in line for line in told)
    assert any("neck_artery_signs:drop_attack is concerning instead of serious" in line for line in told)
    assert any("bladder_change:cannot_go is calm otherwise" in line and "Now, always" in line for line in told)
    assert len(told) == 4


def test_the_document_shows_each_alarm_in_words_with_what_calms_it():
    text = document(triage.shipped(), [])
    assert "## Alarming answers" in text
    assert "### Critical: the harm behind it can come within hours" in text
    assert "Calm when" in text


def test_ordinary_patients_have_at_most_a_handful_of_unused_alarms():
    """The net must not cry wolf: of the written routine patients hardly one may list anything."""
    protocol = triage.shipped()
    routine = [case["answers"] for case in EVERY if case.get("expect", {}).get("urgency") == "routine"]
    listed = [answers for answers in routine if triage.assess(protocol, answers, explain=False).unused_alarms]
    assert len(routine) >= 10
    assert len(listed) * 20 <= len(routine)
