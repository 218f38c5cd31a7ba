"""The questionnaire as pages, and the shortest way through it that still says the same."""

from math import ceil, floor
from statistics import quantiles

import pytest

from intake import triage
from intake.questionnaire.place import AROUND_THE_QUESTIONS, CHECKING, MOST_PEOPLE, SIGNING
from intake.triage.asking.length import seconds_from
from intake.triage.asking.pruning import needed_questions
from tests.protocol.cases import EVERY
from tests.protocol.cases import FIRST as VIGNETTES

PROTOCOL = triage.shipped()
BY_ID = {vignette["id"]: vignette["answers"] for vignette in VIGNETTES}


def summary(answers):
    outcome = triage.assess(PROTOCOL, answers, explain=False)
    return [flag.rule for flag in outcome.flags], outcome.urgency, outcome.specialists[0].id


def shortest_path(answers):
    """The answers a patient would have been asked for, page by page, out of a full set of answers."""
    given = {}
    for page in PROTOCOL.pages:
        asked = list(page.questions)
        while asked:  # an answer may open or settle other questions of its page
            needed = needed_questions(PROTOCOL, given)
            asked = [name for name in page.questions if name in needed and name in answers][:1]
            given |= {name: answers[name] for name in asked}
    return given


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda v: v["id"])
def test_the_shortest_path_gives_the_same_flags_tier_and_first_specialist(vignette, record_property):
    full = triage.validate_answers(PROTOCOL, vignette["answers"])
    given = shortest_path(full)
    record_property("questions", f"{len(given)} of {len(full)}")
    assert summary(given) == summary(full)
    assert len(given) <= len(full)


def test_plain_heel_pain_needs_26_questions_or_fewer():
    full = triage.validate_answers(PROTOCOL, BY_ID["dev-28"])
    given = shortest_path(full)
    unanswered = [name for name in needed_questions(PROTOCOL, given) if name not in full]
    assert len(given) + len(unanswered) <= 26


def test_nothing_is_left_out_while_a_rule_hangs_on_it():
    """At the very start every red-flag question that is shown is needed."""
    needed = needed_questions(PROTOCOL, {})
    red_flags = {name for name in triage.next_questions(PROTOCOL, {}) if PROTOCOL.questions[name].red_flag}
    assert red_flags <= set(needed)


def test_a_follow_up_appears_on_the_page_of_the_question_that_opens_it():
    view = triage.page_questions(PROTOCOL, "safety-check", {})
    assert view.visible == ("emergency_now",)
    assert view.follow_ups == {"chest_kind": ("emergency_now",), "spell_when": ("emergency_now",)}
    view = triage.page_questions(PROTOCOL, "safety-check", {"emergency_now": ["chest_pain"]})
    assert view.visible == ("emergency_now", "chest_kind")


def test_pages_come_one_after_the_other_until_nothing_required_is_left():
    full = BY_ID["dev-30"]
    given, seen, order = {}, set(), []
    while page := triage.next_page(PROTOCOL, given, seen):
        order.append(page.id)
        assert len(order) <= len(triage.pages(PROTOCOL)), "a page came twice"
        while open_here := [
            name
            for name in triage.page_questions(PROTOCOL, page.id, given).visible
            if name in full and name not in given
        ]:
            given |= {name: full[name] for name in open_here}
        seen.add(page.id)
    assert order[0] == "safety-check"
    assert given == full
    assert order == [page.id for page in triage.pages(PROTOCOL) if page.id in order]


def test_an_answer_whose_question_is_no_longer_asked_is_kept_but_not_used():
    answers = BY_ID["dev-05"] | {"general_signs": ["none"]}
    clean = triage.validate_answers(PROTOCOL, answers)
    assert clean["fever_cause"] == "now_unexplained"
    outcome = triage.assess(PROTOCOL, clean)
    assert "fever_cause" not in outcome.asked
    assert "spinal_infection" not in [flag.rule for flag in outcome.flags]


@pytest.mark.parametrize(
    ("answers", "question", "code"),
    [
        ({"foo": 1}, "foo", "unknown_question"),
        ({"saddle_change": "maybe"}, "saddle_change", "unknown_option"),
        ({"emergency_now": ["nonee"]}, "emergency_now", "unknown_option"),
        ({"emergency_now": "none"}, "emergency_now", "wrong_type"),
        ({"emergency_now": ["none", "fainted"]}, "emergency_now", "exclusive"),
        ({"emergency_now": ["fainted", "fainted"]}, "emergency_now", "duplicate"),
        ({"saddle_change": True}, "saddle_change", "wrong_type"),
        ({"age": 121}, "age", "out_of_range"),
        ({"age": -1}, "age", "out_of_range"),
        ({"age": "40"}, "age", "wrong_type"),
        ({"age": True}, "age", "wrong_type"),
        ({"pain_worst": 11}, "pain_worst", "out_of_range"),
        ({"pain_worst": 4.5}, "pain_worst", "wrong_type"),
        ({"surgery_considered": "true"}, "surgery_considered", "wrong_type"),
        ({"imaging_date": "31.12.2025"}, "imaging_date", "bad_date"),
        ({"pain_regions": ["heel_middle"]}, "pain_regions", "unknown_option"),
        ({"goal": "x" * 301}, "goal", "too_long"),
        ({"goal": ["run"]}, "goal", "wrong_type"),
    ],
)
def test_a_wrong_answer_is_an_error_that_names_its_question(answers, question, code):
    with pytest.raises(triage.AnswerError) as refused:
        triage.assess(PROTOCOL, answers)
    assert (refused.value.question_id, refused.value.code) == (question, code)
    assert question in refused.value.message


def test_what_was_left_empty_is_not_answered():
    empty = {"goal": "", "age": None, "emergency_now": []}
    assert triage.validate_answers(PROTOCOL, empty) == {}


def told_on_the_way(answers):
    """The minutes told on each page of the way to somebody who gives these answers."""
    full, known, told = triage.validate_answers(PROTOCOL, answers), {}, []
    for page in PROTOCOL.pages:
        if set(triage.visible_questions(PROTOCOL, known)).isdisjoint(page.questions):
            continue
        told.append(triage.minutes_left(PROTOCOL, known, page))
        known |= {name: full[name] for name in page.questions if name in full}
    return told


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda v: v["id"])
def test_the_time_that_is_left_never_grows(vignette):
    told = told_on_the_way(vignette["answers"])
    assert told == sorted(told, reverse=True)
    assert told[-1] == 1, "on the last page it is nearly over"


def test_who_has_more_to_answer_is_told_so():
    """Plain heel pain, and a spine that may be in danger, after the pages about the problem."""
    page = triage.find_page(PROTOCOL, "general-health")
    heel, spine = (triage.minutes_left(PROTOCOL, BY_ID[name], page) for name in ("dev-28", "dev-01"))
    assert heel < spine


def test_going_back_tells_no_more_than_before():
    full = triage.validate_answers(PROTOCOL, BY_ID["dev-28"])
    there_and_back = [triage.minutes_left(PROTOCOL, full, page) for page in (PROTOCOL.pages[0], PROTOCOL.pages[-1])]
    assert there_and_back[0] >= there_and_back[1]


def test_the_steps_follow_each_other_and_none_comes_twice():
    steps = [step.id for page in PROTOCOL.pages for step in PROTOCOL.steps if page.section in step.sections]
    assert list(dict.fromkeys(steps)) == [step.id for step in PROTOCOL.steps]
    assert steps == sorted(steps, key=[step.id for step in PROTOCOL.steps].index)


def test_most_people_need_what_the_first_page_says():
    """The middle half of those who may wait for a visit, from the first page to "sent", as each page reckons."""
    answered = [triage.validate_answers(PROTOCOL, case["answers"]) for case in EVERY]
    routine = [answers for answers in answered if triage.screen(PROTOCOL, answers).urgency <= triage.Urgency.SOON]
    seconds = [seconds_from(PROTOCOL, answers, PROTOCOL.pages[0]) + AROUND_THE_QUESTIONS for answers in routine]
    low, _middle, high = quantiles(seconds, n=4)
    assert (floor(low / 60), ceil(high / 60)) == MOST_PEOPLE


def test_the_first_page_of_questions_says_no_more_than_the_page_before_it():
    """Whoever has just read "13 to 17 minutes" believes nothing any more that says 20."""
    first = triage.minutes_left(PROTOCOL, {}, PROTOCOL.pages[0], and_then=CHECKING + SIGNING)
    assert MOST_PEOPLE[0] <= first <= MOST_PEOPLE[1]
