"""Checks a patient's answers before anything reads them: a wrong answer is an error, never a silent no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ..errors import AnswerError
from .protocol import Protocol, Question

LONGEST = {"short_text": 300, "long_text": 5000}
Answers = Mapping[str, Any]


def validate_answers(protocol: Protocol, answers: Answers) -> dict[str, Any]:
    """Return the answers, checked and in the order of the questions, ready for JSON.

    None, "" and [] mean "not answered" and are left out. Lists keep the order of the options, so the order of
    ticking does not matter. Raises AnswerError naming the question. Answers of questions that are not visible
    are kept: whether they count is decided when they are used.
    """
    if not isinstance(answers, Mapping):
        raise AnswerError("", "wrong_type", "the answers are not a mapping of question ids to answers")
    for question_id in answers:
        if question_id not in protocol.questions:
            raise AnswerError(str(question_id), "unknown_question", f"unknown question {question_id!r}")
    clean = {}
    for question_id in protocol.questions if len(answers) > 1 else answers:
        question, value = protocol.questions[question_id], answers.get(question_id)
        if value is not None and value != "" and value != []:
            clean[question_id] = clean_answer(question, value)
    return clean


def clean_answer(question: Question, value: Any) -> Any:
    """Return one answer, checked against its question. Raises AnswerError."""
    if question.type == "boolean":
        return _typed(question, value, bool, "true or false")
    if question.is_number:
        return _number(question, value)
    if question.type == "choice":
        return _option(question, value)
    if question.takes_many:
        return _options(question, value)
    if question.type == "date":
        return _date(question, value)
    text = str(_typed(question, value, str, "text"))
    if len(text) > LONGEST[question.type]:
        raise AnswerError(question.id, "too_long", f"{question.id}: longer than {LONGEST[question.type]} characters")
    return text


def _typed(question: Question, value: Any, kind: type, wanted: str) -> Any:
    if not isinstance(value, kind):
        raise AnswerError(question.id, "wrong_type", f"{question.id}: expected {wanted}, got {value!r}")
    return value


def _number(question: Question, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise AnswerError(question.id, "wrong_type", f"{question.id}: expected a whole number, got {value!r}")
    low, high = question.bounds or (0, 0)
    if not low <= value <= high:
        raise AnswerError(question.id, "out_of_range", f"{question.id}: {value} is not between {low} and {high}")
    return value


def _option(question: Question, value: Any) -> str:
    option = str(_typed(question, value, str, "one option id"))
    if option not in question.option_ids:
        raise AnswerError(question.id, "unknown_option", f"{question.id}: unknown option {option!r}")
    return option


def _options(question: Question, value: Any) -> list[str]:
    if isinstance(value, str) or not isinstance(value, list | tuple | set | frozenset):
        raise AnswerError(question.id, "wrong_type", f"{question.id}: expected a list of option ids, got {value!r}")
    chosen = [_option(question, option) for option in value]
    if len(chosen) == 1:
        return chosen
    if len(set(chosen)) < len(chosen):
        raise AnswerError(question.id, "duplicate", f"{question.id}: an option stands twice in {chosen!r}")
    for option in question.exclusive:
        if option in chosen and len(chosen) > 1:
            raise AnswerError(question.id, "exclusive", f"{question.id}: {option!r} cannot stand with other answers")
    return [option for option in question.option_ids if option in chosen]


def _date(question: Question, value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    text = _typed(question, value, str, "a date such as 2026-03-31")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise AnswerError(question.id, "bad_date", f"{question.id}: {text!r} is not a date like 2026-03-31") from None
