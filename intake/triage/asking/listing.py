"""Which options of a question a patient reads: those that can matter to them.

The protocol says which, and the checker proves that nothing hangs on the others. Whatever is still open, unanswered or
answered with "unsure", counts as if it could be so: then the option is listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..deciding.compiling import program_of
from ..deciding.hanging import Hanging
from ..reading.answers import Answers
from ..reading.protocol import Protocol


def listed_options(protocol: Protocol, answers: Answers) -> Mapping[str, tuple[str, ...]]:
    """Return the options of each question that lists not all of them to everybody, as they stand for these answers.

    What was chosen stays in its list, also when nobody would be shown it any more.
    """
    hanging = Hanging(protocol, program_of(protocol).examine(answers))
    found = {}
    for name in _with_conditions(protocol):
        chosen = answers.get(name) or ()
        found[name] = tuple(
            option.id
            for option in protocol.questions[name].options
            if option.shown_when is None or option.id in chosen or hanging.range(option.shown_when.expression)[0]
        )
    return found


def lists_that_grew(protocol: Protocol, before: Answers, after: Answers) -> set[str]:
    """Return the answered questions that list an option after a change of answers that they did not list before.

    Their answers were given without it, so they have to be looked at once more.
    """
    was, now = listed_options(protocol, before), listed_options(protocol, after)
    answered = before.keys() & after.keys()
    return {name for name in now if name in answered and not set(now[name]) <= {*was[name], *after[name]}}


@lru_cache(maxsize=16)
def _with_conditions(protocol: Protocol) -> tuple[str, ...]:
    questions = protocol.questions.values()
    return tuple(question.id for question in questions if any(option.shown_when for option in question.options))
