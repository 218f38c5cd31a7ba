"""The questionnaire as pages: what stands on a page now, what opens what, what comes next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..deciding.assessing import visible_questions
from ..reading.answers import Answers
from ..reading.protocol import Page, Protocol, Question
from ..reading.resolving import questions_in
from ..reading.wordings import Wording


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as it stands for these answers. `visible`: questions to show now, in page order. `follow_ups`: each
    question of the page that depends on others of the same page, with those others, visible or not."""

    page: Page
    visible: tuple[str, ...]
    follow_ups: Mapping[str, tuple[str, ...]]


def pages(protocol: Protocol) -> tuple[Page, ...]:
    """Return all pages in the order a patient meets them. Page ids are stable and safe in an address."""
    return protocol.pages


def safety_page(protocol: Protocol) -> Page:
    """Return the page that comes before everything else: what is new now, and cannot wait for the rest of the form."""
    return protocol.pages[0]


def find_page(protocol: Protocol, page_id: str) -> Page:
    """Return the page with this id. Raises KeyError."""
    for page in protocol.pages:
        if page.id == page_id:
            return page
    raise KeyError(page_id)


def page_questions(protocol: Protocol, page_id: str, answers: Answers) -> PageView:
    """Return the page for these (valid) answers. Raises KeyError for an unknown page."""
    page = find_page(protocol, page_id)
    visible = set(visible_questions(protocol, answers))
    here = set(page.questions)
    follow_ups = {}
    for name in page.questions:
        condition = protocol.questions[name].asked_when
        if condition:
            before = questions_in(condition.expression) & here
            if before:
                follow_ups[name] = tuple(other for other in page.questions if other in before)
    return PageView(page, tuple(name for name in page.questions if name in visible), follow_ups)


def next_questions(protocol: Protocol, answers: Answers) -> tuple[str, ...]:
    """Visible questions without an answer, in page order; required and optional ones."""
    visible = set(visible_questions(protocol, answers))
    return tuple(name for page in protocol.pages for name in page.questions if name in visible and name not in answers)


def next_page(protocol: Protocol, answers: Answers, seen: Collection[str] = ()) -> Page | None:
    """Return the first page that still needs the patient: a required answer is missing, or it was never saved (`seen`
    holds the ids of saved pages) and has something to show. None when the questionnaire is complete."""
    visible = set(visible_questions(protocol, answers))
    waiting = visible.difference(answers)
    for page in protocol.pages:
        if any(name in waiting and protocol.questions[name].required for name in page.questions):
            return page
        if page.id not in seen and any(name in visible for name in page.questions):
            return page
    return None


def display(protocol: Protocol, question_id: str, value: Any, language: str = "en") -> Wording:
    """Return an answer in the words of the form; several options are joined by "; "."""
    question: Question = protocol.questions[question_id]
    if question.type == "boolean":
        text = {("en", True): "Yes", ("en", False): "No", ("es", True): "Sí"}.get((language, value), "No")
        return Wording(text, language)
    if question.type in ("choice", "multi_choice", "body_map"):
        chosen = value if isinstance(value, list | tuple) else [value]
        labels = [question.option(option).label_in(language) for option in chosen]
        fallback = any(label.is_fallback for label in labels)
        return Wording("; ".join(labels), "en" if fallback else language, is_fallback=fallback)
    return Wording(str(value), language)
