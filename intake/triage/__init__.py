"""The triage engine: a protocol of questions and rules, and what a patient's answers mean under it.

Plain Python: no Django, no database, no clock. Nothing here diagnoses; a licensed therapist confirms everything.
Its rooms, lowest first: reading, deciding, asking, many, checking; each says who is in it, and this is the door.

    protocol = shipped()                          # or load(folder): strict, raises ProtocolError
    answers = validate_answers(protocol, raw)     # raises AnswerError naming the question
    visible_questions(protocol, answers)          # ids to ask
    next_questions(protocol, answers)             # ids still to answer, in page order
    minutes_left(protocol, answers, page)         # what the rest takes, as told on that page; does not grow
    listed_options(protocol, answers)             # which options a patient reads of the questions that hide some
    needed_questions(protocol, answers)           # those of them that can still change something
    outcome = assess(protocol, answers)           # urgency, flags, unknowns, origins, specialists, holds ...
    screen(protocol, answers)                     # tier and fired rules alone, at a tenth of the cost
    dangerous_readings(protocol, answers, ...)    # what answers that contradict themselves must count as
    outcome.as_json()                             # stable, JSON-able
    counterfactuals(protocol, answers)            # what would raise or lower the tier, what to ask first
    explain(protocol, answers)                    # all that with its reasons, as the data a therapist checks
    check(protocol)                               # defects that refuse a protocol, and notes about it
    only_danger(protocol, known, keep)            # the pages left for somebody who got worse
    screening_questions(protocol)                 # ids that can show a danger; background_questions: the others
    replay(before, after, blocks)                 # what a changed protocol does to stored rows; loads NumPy

Answers map question ids to: True/False (boolean), an option id (choice), a list of option ids (multi_choice,
body_map), a whole number (integer, scale_0_10), "2026-03-31" (date), or text.
"""

from typing import TYPE_CHECKING, Any

from .asking.length import minutes_left
from .asking.listing import listed_options, lists_that_grew
from .asking.paging import PageView, display, find_page, next_page, next_questions, page_questions, pages, safety_page
from .asking.pruning import needed_questions
from .asking.screening import background_questions, screening_questions
from .asking.shortening import danger_questions, only_danger
from .checking.checker import Report, check
from .deciding.assessing import Screened, assess, screen, visible_questions
from .deciding.contradicting import dangerous_readings, dangers
from .deciding.counterfactuals import (
    AskFirst,
    ChangedAnswer,
    Counterfactual,
    Counterfactuals,
    ask_first,
    counterfactuals,
)
from .deciding.explaining import explain
from .deciding.firing import fires_by
from .deciding.outcome import (
    Answer,
    Evidence,
    Flag,
    Hold,
    Ignored,
    LevelHint,
    NotRuledOut,
    OriginScore,
    Outcome,
    Suggestion,
    Unsure,
    UnusedAlarm,
)
from .errors import AnswerError, Defect, ProtocolError
from .reading.answers import validate_answers
from .reading.loading import load, shipped
from .reading.protocol import Option, Page, Protocol, Question, Rule, Source, Urgency
from .reading.wordings import Wording

if TYPE_CHECKING:
    from .many.replaying import replay

__all__ = [
    "Answer",
    "AnswerError",
    "AskFirst",
    "ChangedAnswer",
    "Counterfactual",
    "Counterfactuals",
    "Defect",
    "Evidence",
    "Flag",
    "Hold",
    "Ignored",
    "LevelHint",
    "NotRuledOut",
    "Option",
    "OriginScore",
    "Outcome",
    "Page",
    "PageView",
    "Protocol",
    "ProtocolError",
    "Question",
    "Report",
    "Rule",
    "Screened",
    "Source",
    "Suggestion",
    "Unsure",
    "UnusedAlarm",
    "Urgency",
    "Wording",
    "ask_first",
    "assess",
    "background_questions",
    "check",
    "counterfactuals",
    "danger_questions",
    "dangerous_readings",
    "dangers",
    "display",
    "explain",
    "find_page",
    "fires_by",
    "listed_options",
    "lists_that_grew",
    "load",
    "minutes_left",
    "needed_questions",
    "next_page",
    "next_questions",
    "only_danger",
    "page_questions",
    "pages",
    "replay",
    "safety_page",
    "screen",
    "screening_questions",
    "shipped",
    "validate_answers",
    "visible_questions",
]


def __getattr__(name: str) -> Any:
    """`replay` on first use: it alone needs NumPy, which a web process never loads."""
    if name == "replay":
        from .many.replaying import replay

        return replay
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
