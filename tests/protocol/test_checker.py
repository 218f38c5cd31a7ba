"""A protocol with a defect is refused: file, line, id, what is wrong and what to do. The running one stays."""

import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from intake import triage
from intake.triage.checking.cases import Block, read_cases
from intake.triage.checking.checker import check
from intake.triage.checking.comparing import compare
from intake.triage.checking.lookalikes import never_beside
from intake.triage.checking.mutating import mutants, sample, trial
from intake.versions.protocols import load_texts
from tests.protocol.naive import FOLDER


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "protocol")


def edit(folder, file, before, after):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{before!r} does not stand in {file}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


RULES, FACTS, WARNING = "rules/emergency.yaml", "facts.yaml", "questions/warning_signs.yaml"


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        (RULES, "weak_parts:speech_swallow", "weak_part:speech_swallow", ("stroke_tia", "Did you mean 'weak_parts'?")),
        (RULES, "weak_parts:speech_swallow", "weak_parts:speech", ("stroke_tia", "has no option 'speech'")),
        (RULES, "    WEAK_NEW)", "    WEAK_NOW)", ("stroke_tia", "Did you mean 'WEAK_NEW'?")),
        (RULES, "    WEAK_NEW)", "    WEAK_NEW", ("stroke_tia", "expected ')'")),
        (RULES, "aha-asa-2019", "aha-asa-2091", ("stroke_tia", "aha-asa-2019")),
        (RULES, "sources: [aha-asa-2019, nice-ng128]", "sources: []", ("stroke_tia", "no source is cited")),
        (RULES, "- id: chest_emergency", "- id: stroke_tia", ("stands twice",)),
        (RULES, "  why:", "  reason:", ("stroke_tia", "'why' is missing")),
        (RULES, "bowel_change:constipated", "bowel_change:constipation", ("cauda_equina", "'constipated'?")),
        (
            RULES,
            "present_when: bowel_change",
            "present_where: bowel_change",
            ("cauda_equina", "'present_when' is missing"),
        ),
        (FACTS, "progression:worse_slow/worse_fast", "GETTING_WORSE", ("GETTING_WORSE", "circle")),
        (FACTS, "IMMUNE_STRONG OR risk", "rule.dvt OR risk", ("IMMUNE_RISK", "names a rule")),
        (WARNING, 'id: "yes"', "id: yes", ("Put it in quotes",)),
        (WARNING, "pain_regions:{spine}", "pain_regions:{spines}", ("bladder_change", "Did you mean 'spine'?")),
        (WARNING, "type: choice", "type: choise", ("bladder_since", "choise")),
        (WARNING, "required: true", "required: maybe", ("bladder_change", "true or false")),
        (WARNING, "pain_regions:{sciatic}", "sexual_change:yes_new", ("bladder_change", "does not stand before it")),
        (WARNING, "  counts_as: sign\n", "", ("bladder_change", "'counts_as' is missing", "counts_as: context")),
        (
            WARNING,
            "counts_as: sign",
            "counts_as: danger",
            ("bladder_change", "'danger' is not known", "sign or context"),
        ),
        ("pages.yaml", "chest_kind, spell_when]", "chest_sort, spell_when]", ("safety-check", "chest_kind")),
        (
            "pages.yaml",
            "[emergency_now, chest_kind, spell_when]",
            "[chest_kind, emergency_now, spell_when]",
            ("emergency_now",),
        ),
        ("routing.yaml", "to: podiatrist", "to: foot_doctor", ("foot_doctor",)),
        ("body_map.yaml", "leg: [thigh_front", "leg: [thigh_fornt", ("leg", "thigh_fornt")),
        ("origins.yaml", "- achilles_rupture", "- achilles_tear", ("local_foot_ankle", "achilles_tear")),
        ("wording.yaml", "  routine:", "  rutine:", ("rutine",)),
        ("protocol.yaml", "status: sample", "status: signed", ("signed",)),
    ],
)
def test_loading_refuses_it_with_file_line_id_and_what_to_do(folder, file, before, after, said):
    if before not in (folder / file).read_text(encoding="utf-8"):
        pytest.fail(f"{before!r} does not stand in {file}")
    edit(folder, file, before, after)
    with pytest.raises(triage.ProtocolError) as refused:
        triage.load(folder)
    text = str(refused.value)
    assert file in text
    for words in said:
        assert words in text
    defect = refused.value.defects[0]
    assert defect.wrong
    assert defect.to_do


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        (RULES, "age>=40 OR", "age>=140 OR", "never true"),
        (RULES, "age>=40 OR", "age>=0 OR", "always true"),
        (RULES, "refer_to: [emergency_department]", "refer_to: [neurologist]", "emergency"),
        ("rules/soon.yaml", 'destination: "neurologist"', 'destination: "neurologist, same day"', "more urgent"),
        ("wording.yaml", "if you notice {signs}", "if you notice signs", "listed signs"),
        ("wording.yaml", "You can book now.", "You are fine. You can book now.", "You are fine"),
        (FACTS, "- id: ACUTE_1W", "- id: UNUSED\n  when: age>=50\n- id: ACUTE_1W", "nothing uses"),
        (RULES, "risk_conditions:diabetes AND pain_regions:{foot}", "NOT risk_conditions:diabetes", "block"),
        ("cases/emergency.yaml", "- rule: stroke_tia", "- rule: stroke", "stroke"),
        (RULES, "present_when: bowel_change:constipated", "present_when: NOT bowel_change:no", "no answer shows"),
        (RULES, "OR SMOKER", "OR age>=140", "never true"),
        ("questions/right_now.yaml", "Not being able to pee at all", "Cannot pee at all", "emergency_now"),
    ],
)
def test_the_checker_refuses_what_loading_cannot_see(folder, file, before, after, said):
    edit(folder, file, before, after)
    defects = [str(defect) for defect in check(triage.load(folder), search=False).defects]
    assert any(said in defect for defect in defects), defects[:5]


def test_the_shipped_protocol_is_clean_and_its_document_is_fresh():
    out = StringIO()
    call_command("protocol", "check", stdout=out)
    assert "is clean" in out.getvalue()
    assert "1 of 21  stroke_tia (safety-check)" in out.getvalue()
    call_command("protocol", "docs", "--check", stdout=out)
    assert "fresh" in out.getvalue()


def test_the_check_command_ends_with_2_and_names_every_defect(folder):
    edit(folder, RULES, "weak_parts:speech_swallow", "weak_part:speech_swallow")
    with pytest.raises(CommandError, match="stroke_tia") as refused:
        call_command("protocol", "check", str(folder))
    assert refused.value.returncode == 2


def test_the_check_command_refuses_a_stale_or_missing_red_flag_translation_and_names_the_question(folder):
    edit(folder, "questions/nerve_signs.yaml", "drag, slap, or catch", "drag, slap, or stick")
    edit(folder, "es/questions/about_you.yaml", '    text: "¿Cuántos años tiene?"', "    options: {}")
    said = StringIO()
    with pytest.raises(CommandError, match="2 defects: this protocol is refused") as refused:
        call_command("protocol", "check", str(folder), stdout=StringIO(), stderr=said)
    assert refused.value.returncode == 2
    *told, last = said.getvalue().splitlines()
    assert last == "Cliffs are searched for once these are mended."
    stale, missing = sorted(told, key=lambda line: "question age" in line)
    assert "question foot_drop" in stale
    assert "has changed in English" in stale
    assert "question age" in missing
    assert "is not translated" in missing


def test_a_translator_sees_what_is_stale_and_binds_what_was_read_again(folder):
    edit(folder, "questions/nerve_signs.yaml", "drag, slap, or catch", "drag, slap, or stick")
    out = StringIO()
    with pytest.raises(CommandError, match="1 texts need a translator; 1 of them refuse activation") as refused:
        call_command("protocol", "translations", str(folder), stdout=out)
    assert refused.value.returncode == 2
    assert "stale, safety: es/questions/nerve_signs.yaml" in out.getvalue()
    assert "questions.foot_drop.text" in out.getvalue()
    with pytest.raises(CommandError, match=r"no text is called questions\.foot_dropped"):
        call_command("protocol", "translations", str(folder), refresh=["questions.foot_dropped"], stdout=out)
    call_command("protocol", "translations", str(folder), refresh=["questions.foot_drop.text"], stdout=out)
    assert "Every text that patients read has a current translation." in out.getvalue()
    assert check(triage.load(folder), search=False).clean


def test_a_patient_can_reach_most_emergencies_within_thirteen_pages():
    protocol = triage.shipped()
    earliest = {one.rule: one.number for one in check(protocol, search=False).earliest}
    assert set(earliest) == {rule.id for rule in protocol.rules.values() if rule.tier is triage.Urgency.EMERGENCY}
    assert sorted(earliest.values())[-4] <= 13


def test_injected_defects_are_caught():
    """A sample of the mutation run; `manage.py protocol check --mutations N` runs as many as you like."""
    found = mutants(FOLDER)
    assert len(found) > 1000
    verdicts = list(trial(FOLDER, sample(found, 24, seed=7)))
    missed = [verdict.mutant for verdict in verdicts if not verdict.caught_by]
    assert len(missed) <= 2, [(mutant.file, mutant.line, mutant.what) for mutant in missed]


def test_a_version_stored_before_signs_were_told_from_context_still_explains_its_intakes(folder):
    for path in (folder / "questions").glob("*.yaml"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "counts_as" not in line), encoding="utf-8")
    with pytest.raises(triage.ProtocolError, match="'counts_as' is missing"):
        triage.load(folder)
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.yaml")}
    stored = load_texts({name: text for name, text in texts.items() if not name.startswith("cases/")})
    assert triage.assess(stored, {"emergency_now": ["face_droop"]}).urgency is triage.Urgency.EMERGENCY
    assert compare(stored, triage.shipped()) == ["Only wording changed that no rule reads."]


def test_a_question_that_becomes_context_is_told_as_a_change(folder):
    edit(folder, WARNING, "counts_as: sign", "counts_as: context")
    assert compare(triage.shipped(), triage.load(folder)) == [
        "Question bladder_change: counts_as is context (was sign)."
    ]


def test_the_difference_of_two_protocols_is_told_in_words(folder):
    edit(folder, RULES, "age>=40 OR", "age>=50 OR")
    edit(folder, "questions/how_it_feels.yaml", 'label: "Hot"', 'label: "Warm"')
    changes = compare(triage.shipped(), triage.load(folder))
    assert len(changes) == 2
    assert changes[0].startswith("Rule chest_emergency")
    assert "at least 50" in changes[0]
    assert "“Warm” (was “Hot”)" in changes[1]
    assert compare(triage.shipped(), triage.load(FOLDER)) == []


def test_what_a_rule_must_not_fire_on_belongs_to_the_version_and_is_told_when_it_changes(folder):
    edit(folder, RULES, "present_when: bowel_change:constipated", "present_when: bowel_change:yes_old")
    changed = triage.load(folder)
    assert changed.digest != triage.shipped().digest
    (told,) = compare(triage.shipped(), changed)
    assert "constipation alone" in told
    assert "only constipation" in told


def test_every_finding_that_can_be_told_was_seen_beside_a_flag_of_its_rule(folder):
    """An over-narrow condition would never be shown; the checker says so."""

    def unseen(protocol):
        blocks = [block for block in read_cases(protocol.folder) if isinstance(block, Block)]
        return [note for note in never_beside(protocol, blocks) if "beside a flag" in note.wrong]

    assert unseen(triage.shipped()) == []
    edit(
        folder, RULES, "present_when: numb_pattern:socks_both\n", "present_when: numb_pattern:socks_both AND age>=121\n"
    )
    assert len(unseen(triage.load(folder))) == 1


def test_line_breaks_and_comments_do_not_make_another_version(folder):
    edit(folder, RULES, "# Emergency rules", "# The emergency rules")
    assert triage.load(folder).digest == triage.shipped().digest
    edit(folder, RULES, "come within days.", "come in days.")
    assert triage.load(folder).digest != triage.shipped().digest
