"""The many-at-once back end says what the one-at-a-time engine says, and a replay lists exactly what changed."""

import shutil

import numpy as np
import pytest

from intake import triage
from intake.triage.many.coding import CodeBook
from intake.triage.many.planes import Planes, opened
from intake.triage.many.replaying import Replayer, Stored, replay
from tests.protocol.chance import answer_sets
from tests.protocol.naive import Case, Files

SLOWLY = 500  # sets that the slow reading reads, twice each


@pytest.fixture(scope="module")
def protocol():
    return triage.shipped()


@pytest.fixture(scope="module")
def sets(protocol):
    return [triage.validate_answers(protocol, answers) for answers in answer_sets(Files(), 3003, seed=77)]


@pytest.fixture
def changed(protocol, tmp_path):
    """The shipped protocol with one urgent rule asking for more pain than before."""
    folder = tmp_path / "protocol"
    shutil.copytree(protocol.folder, folder)
    rules = folder / "rules" / "urgent.yaml"
    text = rules.read_text()
    assert text.count("pain_worst>=7") > 1
    rules.write_text(text.replace("pain_worst>=7", "pain_worst>=9"))
    return triage.load(folder)


def codes_of(book, sets):
    return np.frombuffer(b"".join(book.encode(answers) for answers in sets), dtype=np.uint8).reshape(-1, book.width)


def stored(protocol, sets):
    """Rows as the database keeps them, each decided by the one-at-a-time engine."""
    rules, names = list(protocol.rules), list(protocol.specialists)
    outcomes = [triage.assess(protocol, answers, explain=False) for answers in sets]
    width = (len(rules) + 7) // 8
    flags = [sum(1 << rules.index(flag.rule) for flag in o.flags).to_bytes(width, "little") for o in outcomes]
    return Stored(
        ids=np.arange(len(sets), dtype=np.int64),
        codes=codes_of(CodeBook(protocol), sets),
        flags=np.frombuffer(b"".join(flags), dtype=np.uint8).reshape(-1, width),
        urgency=np.array([o.urgency for o in outcomes], dtype=np.uint8),
        specialist=np.array([names.index(o.specialists[0].id) for o in outcomes], dtype=np.uint8),
    )


def test_a_code_gives_back_every_answer_a_rule_can_read(protocol, sets):
    book = CodeBook(protocol)
    for answers in sets[:500]:
        readable = {name: value for name, value in answers.items() if name in book.fields}
        assert book.decode(book.encode(answers)) == readable


def test_the_two_back_ends_agree_on_random_answers(protocol, sets):
    planes = Planes(protocol, CodeBook(protocol))
    decided = planes.decide(codes_of(planes.book, sets))
    fires = [opened(plane, decided.size) for plane in decided.fires]
    for place, answers in enumerate(sets):
        outcome = triage.assess(protocol, answers, explain=False)
        fired = {rule for rule, plane in zip(planes.rule_ids, fires, strict=True) if plane[place]}
        assert fired == {flag.rule for flag in outcome.flags}, answers
        assert decided.urgency[place] == outcome.urgency
        assert planes.specialists[decided.specialist[place]] == outcome.specialists[0].id, answers


def test_replaying_the_same_protocol_changes_nothing(protocol, sets):
    found = replay(protocol, protocol, [stored(protocol, sets)])
    assert (found.total, found.changes) == (len(sets), [])
    assert found.fires_before == found.fires_after


def test_a_changed_rule_lists_what_the_slow_reading_of_the_files_lists(protocol, changed, sets):
    before, after, some = Files(protocol.folder), Files(changed.folder), sets[:SLOWLY]
    expected = {}
    for place, answers in enumerate(some):
        old, new = Case(before, answers), Case(after, answers)
        came, went = set(new.flags()) - set(old.flags()), set(old.flags()) - set(new.flags())
        if came or went or old.urgency() != new.urgency():
            expected[place] = (came, went, old.urgency(), new.urgency())
    found = replay(protocol, changed, [stored(protocol, some)], explain=True)
    assert expected, "the change must matter to somebody, or this test shows nothing"
    assert {
        c.id: (set(c.newly_flagged), set(c.no_longer_flagged), c.tier_before.word, c.tier_after.word)
        for c in found.changes
        if c.newly_flagged or c.no_longer_flagged or c.tier_before != c.tier_after
    } == expected
    for change in found.changes:
        lost = dict(change.before.flags).keys() - dict(change.after.flags).keys()
        assert lost == set(change.no_longer_flagged)


def test_both_explanations_of_a_change_are_those_of_a_full_assessment(protocol, changed, sets):
    found = replay(protocol, changed, [stored(protocol, sets)], explain=True)
    for change in found.changes:
        for of, told in ((protocol, change.before), (changed, change.after)):
            outcome = triage.assess(of, sets[change.id])
            assert dict(told.flags) == {flag.rule: flag.answers for flag in outcome.flags}


def test_an_option_the_older_protocol_did_not_have_counts_as_not_answered(protocol, sets, tmp_path):
    """Rows stay readable after the questionnaire has grown."""
    folder = tmp_path / "grown"
    shutil.copytree(protocol.folder, folder)
    questions = folder / "questions" / "right_now.yaml"
    questions.write_text(
        questions.read_text().replace("- {id: none,", '- {id: seizure, label: "A seizure"}\n    - {id: none,', 1)
    )
    assert "seizure" in questions.read_text()
    grown = triage.load(folder)
    found = Replayer(protocol, grown).block(stored(protocol, sets[:200]))
    assert found.changes == []
