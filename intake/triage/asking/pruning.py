"""Fewest questions, same answer: which visible questions can still change something.

A question is needed while a rule that is not settled hangs on it, while it can still change which origin comes
first, or when only the therapist reads it. A red-flag question is passed over only when no rule can use its answer
any more, whatever else is answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ..deciding.compiling import other_conditions, program_of
from ..deciding.hanging import Hanging
from ..reading.answers import Answers
from ..reading.expressions import Expression, walk
from ..reading.protocol import Protocol
from ..reading.resolving import questions_in
from .paging import next_questions


def needed_questions(protocol: Protocol, answers: Answers) -> tuple[str, ...]:
    """Return the visible, unanswered questions whose answer can still matter, in page order; a part of next_questions.

    Leaving the others out changes neither flags nor tier nor the first specialist.
    """
    waiting = next_questions(protocol, answers)
    if not waiting:
        return ()
    examined = program_of(protocol).examine(answers)
    hanging = Hanging(protocol, examined)
    bits = _of_rules(protocol, hanging, examined) | _of_origins(protocol, hanging, examined)
    needed = set(program_of(protocol).named(bits)) | _for_people(protocol)
    needed |= {name for name in waiting if opens(protocol, name, answers) & needed}
    return tuple(name for name in waiting if name in needed)


def _of_rules(protocol: Protocol, hanging: Hanging, examined: tuple[Any, ...]) -> int:
    """Return the open questions that rules not yet settled hang on."""
    bits = 0
    for place in (*examined[0], *examined[1]):  # what neither fires nor could fire is settled
        rule = protocol.rules[program_of(protocol).rule_ids[place]]
        bits |= hanging.range(rule.fires_when.expression)[2]
    return bits


def _of_origins(protocol: Protocol, hanging: Hanging, examined: tuple[Any, ...]) -> int:
    """Return the open questions that can change the first origin or the first choice of its routing row.

    With no rule fired, each origin has a least and a greatest number of points; one whose greatest stays below the
    least of another cannot come first, and one that stands alone is settled.
    """
    fired = {program_of(protocol).rule_ids[place] for place in examined[0]}
    if any(fired & set(origin.set_by_rules) for origin in protocol.origins.values()):
        return 0
    least, most, bits = {}, {}, {}
    for name, origin in protocol.origins.items():
        least[name], most[name], bits[name] = 0, 0, 0
        for weight in origin.evidence:
            could, must, hangs_on = hanging.range(weight.when.expression)
            low, high = sorted((weight.points * must, weight.points * could))
            least[name], most[name], bits[name] = least[name] + low, most[name] + high, bits[name] | hangs_on
    mixed = protocol.discriminator
    most[mixed.mixed_origin] += mixed.mixed_points
    for weight in mixed.nerve + mixed.musculoskeletal:
        bits[mixed.mixed_origin] |= hanging.range(weight.when.expression)[2]
    best = max(least.values())
    rivals = [name for name in protocol.origins if most[name] >= best and most[name] > 0]
    found = 0
    for name in rivals if len(rivals) > 1 else ():
        found |= bits[name]
    for name in rivals:
        for way in protocol.routing.rows[name].first:
            if way.when:
                found |= hanging.range(way.when.expression)[2]
    return found


@lru_cache(maxsize=16)
def _for_people(protocol: Protocol) -> set[str]:
    """Questions nothing decides on, that a therapist reads; and those that lead to them or to a specialist."""
    deciding = {name for tree in _deciding(protocol) for name in questions_in(tree)}
    people = {name for name in protocol.questions if name not in deciding}
    for question in reversed(list(protocol.questions.values())):
        if question.id in people and question.asked_when:
            people |= questions_in(question.asked_when.expression)
    unread = {name for condition in other_conditions(protocol) for name in questions_in(condition.expression)}
    return (people | unread) - deciding


def _deciding(protocol: Protocol) -> Iterator[Expression]:
    yield from (rule.fires_when.expression for rule in protocol.rules.values())
    yield from (fact.when.expression for fact in protocol.facts.values())
    for _, weights in program_of(protocol).scored:
        yield from (weight.when.expression for weight in weights)


def opens(protocol: Protocol, name: str, answers: Answers) -> set[str]:
    """Unanswered questions that this one makes visible."""
    return {
        question.id
        for question in protocol.questions.values()
        if question.id not in answers
        and question.asked_when
        and any(getattr(node, "question", "") == name for node in walk(question.asked_when.expression))
    }
