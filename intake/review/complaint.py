"""A patient's complaint in one line, for whoever looks down a list: where, how bad, since when.

It decides nothing: every rule has read the answers by then. It tells two cases apart on which no rule fired.
"""

from collections.abc import Mapping
from typing import Any

from intake import triage
from intake.review.words import answer_in_words

PLACES = 2  # named one by one; more are only counted


def in_one_line(answers: dict) -> str:
    """Return the complaint in one line, as much of it as is answered; "" for none.

    "Heel, bottom, right · worst 6 of 10 · 3 to 12 months"
    """
    return " · ".join(filter(None, [_where(answers), _how_bad(answers), _said("onset_when", answers)]))


def _where(answers: Mapping[str, Any]) -> str:
    if main := _said("main_problem_area", answers):
        return main
    marked = answers.get("pain_regions") or []
    named = [answer_in_words(triage.shipped(), "pain_regions", [place]) for place in marked[:PLACES]]
    more = len(marked) - PLACES
    return "; ".join(filter(None, named)) + (f" and {more} more" if more > 0 else "")


def _how_bad(answers: Mapping[str, Any]) -> str:
    worst = answers.get("pain_worst")
    return f"worst {worst} of 10" if isinstance(worst, int) else ""


def _said(question: str, answers: Mapping[str, Any]) -> str:
    value = answers.get(question)
    return answer_in_words(triage.shipped(), question, value) if value not in (None, "", [], "unsure") else ""
