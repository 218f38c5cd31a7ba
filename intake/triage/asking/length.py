"""How long the rest of the form takes, said on each of its pages: an estimate that does not grow on the way."""

from __future__ import annotations

from functools import lru_cache

from ..deciding.assessing import visible_questions
from ..deciding.compiling import program_of
from ..deciding.hanging import Hanging
from ..reading.answers import Answers
from ..reading.protocol import Page, Protocol
from .listing import listed_options

WORDS_A_SECOND = 3  # 180 words a minute, as somebody reads who takes their time
SECONDS_A_QUESTION = 4  # to choose, once it is read
SHARE_THAT_OPENS = 0.31  # of what answers may open: no more than the first page says of most people


def minutes_left(protocol: Protocol, answers: Answers, here: Page, *, and_then: int = 0) -> int:
    """Estimate the minutes from the top of `here` to the end, as told with the answers that come before it.

    A part of what can still open is expected to. An estimate told on an earlier page is kept: who was told six minutes
    is not told eight later. `and_then`: seconds for what comes after the questions.
    """
    known: dict[str, object] = {}
    left = None
    for page in protocol.pages:
        estimated = seconds_from(protocol, known, page)
        left = estimated if left is None else min(left, estimated)
        if page == here:
            break
        known |= {name: answers[name] for name in page.questions if name in answers}
    return max(1, -(-(int(left or 0) + and_then) // 60))


def seconds_from(protocol: Protocol, answers: Answers, here: Page) -> float:
    """Return the seconds for this page and those after it: all of what is asked, a share of what may be."""
    visible = set(visible_questions(protocol, answers))
    listed = listed_options(protocol, answers)
    hanging = Hanging(protocol, program_of(protocol).examine(answers))
    seconds = 0.0
    for page in protocol.pages[protocol.pages.index(here) :]:
        for name in page.questions:
            question = protocol.questions[name]
            takes = _seconds(protocol, name, tuple(listed.get(name, question.option_ids)))
            if name in visible:
                seconds += takes
            elif question.asked_when and hanging.range(question.asked_when.expression)[0]:
                seconds += takes * SHARE_THAT_OPENS
    return seconds


@lru_cache(maxsize=2048)
def _seconds(protocol: Protocol, name: str, listed: tuple[str, ...]) -> float:
    """Return how long a question takes with these options in its list.

    A drawing of a body is looked at, not read; of a fold its heading is.
    """
    question = protocol.questions[name]
    words = len(f"{question.text} {question.help}".split())
    if question.options and question.type != "body_map":
        folds = [heading for heading in question.headings_over(listed) if heading.folded]
        under = {option for heading in folds for option in heading.options}
        in_sight = [option.label for option in question.options if option.id in {*listed} - under]
        words += sum(len(text.split()) for text in (*in_sight, *(fold.text for fold in folds)))
    return words / WORDS_A_SECOND + SECONDS_A_QUESTION
