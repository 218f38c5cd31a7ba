"""How long the form is, said from its first page: an estimate that does not grow on the way."""

from __future__ import annotations

from ..deciding.assessing import visible_questions
from ..deciding.compiling import program_of
from ..deciding.hanging import Hanging
from ..reading.answers import Answers
from ..reading.protocol import Page, Protocol

STEP = 5  # "about 25": a number that jumps by one at every answer is read as a countdown that fails


def about_how_many(protocol: Protocol, answers: Answers, here: Page) -> int:
    """Estimate the pages of this form, as it could be told on `here`, with the answers that come before it.

    Half of what can still open is expected to, rounded up. An estimate told on an earlier page is kept: who was told
    25 is not told 30 later, unless more than 25 pages are truly asked.
    """
    known: dict[str, object] = {}
    told = len(protocol.pages)
    for page in protocol.pages:
        told = min(told, _expected(protocol, known))
        if page == here:
            break
        known |= {name: answers[name] for name in page.questions if name in answers}
    return max(told, _asked(protocol, answers))


def _expected(protocol: Protocol, answers: Answers) -> int:
    half = (_asked(protocol, answers) + _askable(protocol, answers) + 1) // 2
    return -(-half // STEP) * STEP


def _asked(protocol: Protocol, answers: Answers) -> int:
    visible = set(visible_questions(protocol, answers))
    return sum(not visible.isdisjoint(page.questions) for page in protocol.pages)


def _askable(protocol: Protocol, answers: Answers) -> int:
    """Count the pages that ask something now, or would after some answers that are still open."""
    hanging = Hanging(protocol, program_of(protocol).examine(answers))

    def may_be_asked(name: str) -> bool:
        condition = protocol.questions[name].asked_when
        return condition is None or hanging.range(condition.expression)[0]

    return sum(any(may_be_asked(name) for name in page.questions) for page in protocol.pages)
