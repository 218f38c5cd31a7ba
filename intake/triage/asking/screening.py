"""Which questions screen for danger, and which only describe the person and the problem.

A returning patient's earlier answers may be offered again for the second sort alone: a warning sign is asked anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ..reading.expressions import Expression, Fact, Fires
from ..reading.protocol import Condition, Protocol
from ..reading.resolving import names_in, questions_in


@lru_cache(maxsize=8)
def screening_questions(protocol: Protocol) -> frozenset[str]:
    """Ids of the questions whose answers can change a flag, what is not ruled out, or the tier.

    Those marked as red flags, and those read by a rule, by the list of unknowns, by what is held back or by the words
    of a tier: directly, through a fact or another rule, or because they decide whether such a question is asked.
    """
    found = {name for name, question in protocol.questions.items() if question.red_flag}
    for condition in _conditions(protocol):
        found |= reads(protocol, condition.expression)
    waiting = list(found)
    while waiting:
        asked_when = protocol.questions[waiting.pop()].asked_when
        more = reads(protocol, asked_when.expression) - found if asked_when else set()
        found |= more
        waiting += more
    return frozenset(found)


def background_questions(protocol: Protocol) -> tuple[str, ...]:
    """Ids of all other questions, in the order they are asked."""
    screening = screening_questions(protocol)
    return tuple(name for page in protocol.pages for name in page.questions if name not in screening)


def _conditions(protocol: Protocol) -> Iterator[Condition]:
    for rule in protocol.rules.values():
        yield rule.fires_when
    for row in protocol.unknowns.rows:
        yield row.when
    for hold in protocol.holds:
        if hold.when:
            yield hold.when
    for tier in protocol.wording.tiers.values():
        if tier.self_harm_when:
            yield tier.self_harm_when


def reads(protocol: Protocol, expression: Expression) -> set[str]:
    """Return the questions an expression reads, facts and rules opened."""
    found = questions_in(expression)
    for name in names_in(expression, Fact):
        found |= reads(protocol, protocol.facts[name].when.expression)
    for name in names_in(expression, Fires):
        found |= reads(protocol, protocol.rules[name].fires_when.expression)
    return found
