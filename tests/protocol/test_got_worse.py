"""Whoever got worse is asked less, and no danger is missed by it: the same answers raise the same rules."""

from itertools import combinations

import pytest

from intake import triage
from intake.triage import Urgency
from intake.triage.checking.cases import Block, changed, read_cases
from intake.versions.arranging import KEPT, LINES, PLACES
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.protocol.cases import EVERY
from tests.protocol.chance import answer_sets
from tests.protocol.naive import Files

PROTOCOL = triage.shipped()
DANGEROUS = [rule.id for rule in PROTOCOL.rules.values() if rule.tier >= Urgency.URGENT]
BLOCKS = [block for block in read_cases(PROTOCOL.folder) if isinstance(block, Block) and block.about in DANGEROUS]
NAMED = {"heel": HEEL_PAIN, "foot drop": FOOT_DROP, "temple": TEMPLE_HEADACHE, "saddle": SADDLE_NUMBNESS}
MOST_PAGES = 3  # beside the safety check, what got worse, and what is still right


def visible(answers):
    """Whoever fills in the whole form gives these answers, and no others."""
    return {name: answers[name] for name in triage.visible_questions(PROTOCOL, answers) if name in answers}


def by_the_short_way(answers, lines=tuple(LINES)):
    """The answers that count when what is on file is confirmed and the pages that are left are answered the same."""
    names = {"age", *PLACES, *(name for line in lines for name in LINES[line])}
    known = {name: value for name, value in answers.items() if name in names}
    form = triage.only_danger(PROTOCOL, known, KEPT)
    asked = {name for page in form.pages for name in page.questions}
    return {name: value for name, value in answers.items() if name in asked | known.keys()}


def dangers(answers):
    return {rule.id for rule in triage.screen(PROTOCOL, answers).flags if rule.tier >= Urgency.URGENT}


def missed(answers, lines=tuple(LINES)):
    whole = visible(answers)
    return dangers(whole) - dangers(by_the_short_way(whole, lines))


@pytest.mark.parametrize("case", EVERY, ids=[case["id"] for case in EVERY])
def test_no_vignette_raises_less(case):
    answers = triage.validate_answers(PROTOCOL, case["answers"])
    assert not missed(answers)
    short = triage.screen(PROTOCOL, by_the_short_way(visible(answers))).urgency
    assert max(short, Urgency.SOON) >= triage.screen(PROTOCOL, answers).urgency


@pytest.mark.parametrize("rule", DANGEROUS)
def test_no_rule_fires_less(rule):
    """By every way its own cases know, also where something on file was not right any more, or was never said."""
    ways = [
        triage.validate_answers(PROTOCOL, answers)
        for block in BLOCKS
        if block.about == rule
        for answers in (block.answers, *(changed(block.answers, one) for one in block.told.get("also_fires", ())))
    ]
    assert any(rule in dangers(visible(answers)) for answers in ways)
    some = [tuple(LINES), (), *combinations(LINES, len(LINES) - 1)]
    assert not [(answers, lines) for answers in ways for lines in some if missed(answers, lines)]


def test_nor_for_anybody_by_chance():
    anybody = [triage.validate_answers(PROTOCOL, one) for one in answer_sets(Files(), 400, seed=17)]
    assert sum(bool(dangers(visible(answers))) for answers in anybody) > 30
    assert not [answers for answers in anybody if missed(answers)]


@pytest.mark.parametrize("who", NAMED)
def test_it_takes_few_pages(who):
    known = {name: value for name, value in NAMED[who].items() if name in KEPT}
    form = triage.only_danger(PROTOCOL, known, KEPT)
    asked = set(triage.visible_questions(PROTOCOL, known)) - known.keys()
    pages = [page for page in form.pages if asked.intersection(page.questions)]
    assert pages[0].questions == triage.safety_page(PROTOCOL).questions
    assert len(pages) - 1 <= (2 if who == "heel" else MOST_PAGES)
    assert not {name for page in pages for name in page.questions} & known.keys() - KEPT


@pytest.mark.parametrize("sex", ["male", "female"])
def test_a_heel_of_whom_the_lists_are_asked_anew_takes_few_pages_too(sex):
    """With safety, what got worse, what is right and the check it is six pages."""
    known = {"age": 44, "pain_regions": ["heel_right"], "sex_at_birth": sex, "cancer_history": "never"}
    form = triage.only_danger(PROTOCOL, known, KEPT)
    asked = set(triage.visible_questions(PROTOCOL, known)) - known.keys()
    assert len([page for page in form.pages[1:] if asked.intersection(page.questions)]) == 2


def test_what_can_show_no_danger_is_not_asked():
    form = triage.only_danger(PROTOCOL, visible(HEEL_PAIN) | {"sex_at_birth": "male"}, KEPT)
    asked = {name for page in form.pages for name in page.questions}
    assert not asked & {"goal", "treatments_tried", "posture_habits", "heel_spot", "imaging_done", "anything_else"}
    assert {"general_signs", "bladder_change", "walking_change", "area_look"} <= asked | HEEL_PAIN.keys()


def test_the_shorter_form_judges_by_the_same_program():
    form = triage.only_danger(PROTOCOL, {"age": 44}, KEPT)
    assert form is triage.only_danger(PROTOCOL, {"age": 44}, KEPT)
    assert (form.digest, form.rules) == (PROTOCOL.digest, PROTOCOL.rules)
    assert triage.screen(form, SADDLE_NUMBNESS) == triage.screen(PROTOCOL, SADDLE_NUMBNESS)
