"""No cliffs: one change of context takes nobody down two tiers unless a clinician wrote down why.

The search itself is tried on rules with a planted cliff, and on the file of accepted ones with each thing wrong in it.
"""

import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from intake import triage
from intake.triage.checking.accepting import judge_cliffs
from intake.triage.checking.cases import Block, read_cases
from intake.triage.checking.cliffs import cliffs
from tests.protocol.naive import FOLDER

RULE = "limb_deformity"  # a deformed limb after an injury: small, and nothing stands under it
ACCEPTED = f"""\
classes:
  - id: fresh_injury
    change: NOT onset_how:injury
    rules: [{RULE}]
    sources: [aaos-atls]
    reason: "A limb that was not hurt is not broken or out of its joint."
cliffs:
  - rule: {RULE}
    change: onset_when:months_3_to_12/over_1_year
    source: aaos-atls
    reason: "A deformity that old has been seen, or has healed as it is."
"""


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "protocol")


def edit(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{before!r} does not stand in {path.name}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def found_in(folder, *rules):
    protocol = triage.load(folder)
    blocks = [block for block in read_cases(folder) if isinstance(block, Block)]
    return protocol, list(cliffs(protocol, blocks, rules))


def accepted(folder, text=ACCEPTED):
    (folder / "accepted_cliffs.yaml").write_text(text, encoding="utf-8")


def judged(folder):
    protocol, found = found_in(folder, RULE)
    return judge_cliffs(protocol, found)


def test_a_fall_of_two_tiers_by_one_change_of_context_is_told_with_both_answers_and_both_tiers():
    _protocol, found = found_in(FOLDER, RULE)
    cliff = next(one for one in found if one.after.get("onset_when") == "over_1_year")
    assert cliff.before == cliff.after | {"onset_when": "under_48h"}
    assert (cliff.role, cliff.change) == ("context", "onset_when: under_48h → over_1_year")
    assert cliff.fall == "emergency falls to routine"


def test_a_lower_rule_under_the_sign_takes_the_cliff_away(folder):
    before = {one.change for one in found_in(folder, RULE)[1]}
    edit(folder / "rules/urgent.yaml", "fires_when: >-\n", "fires_when: >-\n    area_look:deformed OR\n")
    assert len(before) > 3
    assert found_in(folder, RULE)[1] == []


def test_of_two_signs_that_cannot_do_without_each_other_neither_counts_by_itself(folder):
    """Wound and dead skin together an emergency, each alone nothing: both are told. One that carries is none."""
    edit(
        folder / "rules/emergency.yaml",
        "    area_look:deformed AND onset_how:injury AND ACUTE_1W\n",
        "    emergency_now:saddle_numb AND low_mood:every_day\n",
    )
    alone = {one.question for one in found_in(folder, RULE)[1] if one.role == "sign"}
    assert alone == set(), "numb between the legs is an emergency by itself"
    edit(folder / "rules/emergency.yaml", "emergency_now:saddle_numb AND low_mood", "hip_signs:hop_pain AND low_mood")
    assert {one.question for one in found_in(folder, RULE)[1] if one.role == "sign"} == {"hip_signs", "low_mood"}


def test_the_file_covers_what_it_names_and_nothing_else(folder):
    accepted(folder)
    told = judged(folder)
    count = told.count()
    assert count["accepted by class"] == 1
    assert count["accepted one by one"] == 2
    assert [cliff.change for cliff, entry in told.cliffs if entry is None] == ["onset_when: under_48h → weeks_6_to_12"]
    (defect,) = told.defects
    assert str(defect).startswith("rules/emergency.yaml:")
    for words in (RULE, "weeks_6_to_12", "emergency falls to soon", "lower rule", "accepted_cliffs.yaml"):
        assert words in str(defect)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (f"rule: {RULE}", "rule: limb_deformed", ("limb_deformed", "is not known", f"Did you mean '{RULE}'?")),
        ("source: aaos-atls", "source: aaos", (RULE, "the source 'aaos' is not known")),
        ("sources: [aaos-atls]", "sources: []", ("fresh_injury", "it names no source")),
        ("onset_when:months_3_to_12", "onset_when:months_3_to_13", (RULE, "has no option 'months_3_to_13'")),
        ("NOT onset_how:injury", "NOT onset_hwo:injury", ("fresh_injury", "Did you mean 'onset_how'?")),
        ("NOT onset_how:injury", "NOT (onset_how:injury", ("fresh_injury", "cannot be read")),
        ('    reason: "A deformity', '    why: "A deformity', (RULE, "'reason' is missing")),
        ("    rules: [limb_deformity]\n", "", ("fresh_injury", "'rules' is missing")),
        ("classes:", "class:", ("accepted_cliffs.yaml", "'classes' is missing")),
        (f"rules: [{RULE}]", f"rules: [{RULE}, stroke_tia]", ("fresh_injury", "stroke_tia does not fall any more")),
        ("months_3_to_12/", "unsure/months_3_to_12/", (RULE, "onset_when:unsure", "Remove unsure from it")),
        ("NOT onset_how:injury", "medicines:blood_thinner", ("fresh_injury", "does not fall any more", "Remove")),
    ],
)
def test_an_entry_with_a_mistake_is_refused_with_file_line_id_and_what_to_do(folder, before, after, said):
    assert before in ACCEPTED
    accepted(folder, ACCEPTED.replace(before, after, 1))
    defects = judged(folder).defects
    about = [defect for defect in defects if defect.file == "accepted_cliffs.yaml"]
    text = "\n".join(map(str, about))
    for words in said:
        assert words in text
    assert all(defect.line for defect in about)
    assert all(defect.to_do for defect in about)


def test_a_missing_file_is_refused(folder):
    (folder / "accepted_cliffs.yaml").unlink()
    assert "the file is missing" in str(judged(folder).defects[0])


def test_accepting_a_cliff_makes_no_other_version(folder):
    accepted(folder)
    assert triage.load(folder).digest == triage.shipped().digest


def test_the_search_finds_the_same_each_time():
    assert found_in(FOLDER, RULE, "gca_vision")[1] == found_in(FOLDER, RULE, "gca_vision")[1]


def test_the_command_lists_them_counts_them_and_ends_with_2(folder, monkeypatch):
    """Kept to one rule, so that the test waits for one."""
    accepted(folder)
    command = "intake.management.commands.protocol.cliffs"
    monkeypatch.setattr(command, lambda protocol, blocks: cliffs(protocol, blocks, [RULE]))
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 defects") as refused:
        call_command("protocol", "cliffs", str(folder), stdout=out, stderr=err)
    assert refused.value.returncode == 2
    assert "weeks_6_to_12" in out.getvalue()
    assert "over_1_year" not in out.getvalue()
    assert "2 accepted one by one, 1 unexplained." in out.getvalue()
    with pytest.raises(CommandError):
        call_command("protocol", "cliffs", str(folder), "--all", stdout=out, stderr=err)
    assert "A deformity that old" in out.getvalue()


def test_a_plain_check_refuses_a_cliff_nobody_accepted_and_an_entry_that_covers_nothing_any_more(folder, monkeypatch):
    """So it cannot be used by a clinic, whoever forgot to ask for the search. Kept to one rule, to be quick."""
    accepted(folder, ACCEPTED.replace(f"rules: [{RULE}]", f"rules: [{RULE}, stroke_tia]"))
    checking = "intake.triage.checking.checker"
    monkeypatch.setattr(f"{checking}.cliffs", lambda protocol, blocks: cliffs(protocol, blocks, [RULE]))
    monkeypatch.setattr(f"{checking}.unsure_too_high", lambda protocol, blocks: [])
    err = StringIO()
    with pytest.raises(CommandError, match="2 defects: this protocol is refused") as refused:
        call_command("protocol", "check", str(folder), stdout=StringIO(), stderr=err)
    assert refused.value.returncode == 2
    assert "a cliff: context onset_when: under_48h → weeks_6_to_12" in err.getvalue()
    assert "stroke_tia does not fall any more" in err.getvalue()
