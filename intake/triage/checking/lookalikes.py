"""What the checker asks of `present_when`: can the finding be present at all, and beside a flag of its rule?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from ..deciding.assessing import visible_questions
from ..deciding.compiling import program_of
from ..deciding.ignoring import Ignoring
from ..errors import AnswerError, Defect
from ..reading.answers import validate_answers
from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.protocol import Protocol
from .cases import Block, changed

MANY = 24  # ways tried to answer one condition; enough to meet each part of the longest once
Change = dict[str, Any]


def shown_by_nothing(protocol: Protocol, _: list[Block]) -> Iterator[Defect]:
    """Return a present_when that no answer shows, so that it could never be named."""
    for rule in protocol.rules.values():
        for one in rule.must_not_fire_on:
            if one.present_when and not any(ways(protocol, one.present_when.expression)):
                place = one.present_when.place
                wrong = f"{one.text!r}: no answer shows that it is present"
                yield Defect(place.file, place.line, rule.id, wrong, "Name an answer, or write the text alone.")


def never_beside(protocol: Protocol, blocks: list[Block]) -> Iterator[Defect]:
    """Findings that no case of the rule shows beside its flag, not even with the answers of the finding added."""
    cases: dict[str, list[Change]] = {}
    for block in blocks:
        if block.kind == "rule":
            more = [changed(block.answers, change) for change in block.told.get("also_fires", ())]
            cases.setdefault(block.about, []).extend([block.answers, *more])
    for rule in protocol.rules.values():
        for one in rule.must_not_fire_on:
            tree = one.present_when and one.present_when.expression
            if one.present_when and tree and not _beside(protocol, rule.id, one.text, tree, cases.get(rule.id, [])):
                place = one.present_when.place
                wrong = f"{one.text!r} is not shown beside a flag of any case, with its answers added neither"
                yield Defect(place.file, place.line, rule.id, wrong, "Widen present_when, or write the text alone.")


def _beside(protocol: Protocol, rule: str, text: str, tree: Expression, cases: list[Change]) -> bool:
    place = program_of(protocol).rule_ids.index(rule)
    for change in [{}, *ways(protocol, tree)]:
        for case in cases:
            try:
                answers = opened(protocol, joined(protocol, validate_answers(protocol, case), change), change)
            except AnswerError:
                continue  # the case itself does not fit; run_cases says so
            if place in program_of(protocol).decide(answers)[0]:
                examined = program_of(protocol).explain(answers)
                found = Ignoring(protocol, examined[5]).beside(protocol.rules[rule], examined[8][place])
                if text in [one.finding for one in found]:
                    return True
    return False


def ways(protocol: Protocol, node: Expression, wanted: bool = True) -> Iterator[Change]:
    """Up to MANY sets of answers that each give a condition this truth; what must be absent is left out."""
    return islice(_ways(protocol, node, wanted), MANY)


def _ways(protocol: Protocol, node: Expression, wanted: bool) -> Iterator[Change]:  # noqa: C901
    match node:
        case Includes(question, options):
            many = protocol.questions[question].takes_many
            yield from ({question: [option] if many else option} for option in options) if wanted else [{}]
        case Compare(question, _, number, counted):
            yield {}  # an answer that is there already may do
            low, high = protocol.questions[question].bounds or (0, 0)
            if wanted and not counted and low <= number <= high:
                yield {question: number}
        case Fact(name):
            yield from _ways(protocol, protocol.facts[name].when.expression, wanted)
        case Fires(rule):
            yield from _ways(protocol, protocol.rules[rule].fires_when.expression, wanted)
        case Not(part):
            yield from _ways(protocol, part, not wanted)
        case And(parts) | Or(parts) | AtLeast(_, parts):
            each = [list(ways(protocol, part, wanted)) for part in parts]
            if isinstance(node, AtLeast) or isinstance(node, And) is wanted:
                for chosen in product(*each):
                    found: Change = {}
                    for change in chosen:
                        found = joined(protocol, found, change)
                    if all(fits(found, change) for change in chosen):
                        yield found
            else:
                yield from (change for found_by in each for change in found_by)


def joined(protocol: Protocol, answers: Mapping[str, Any], change: Change) -> Change:
    """Return the answers with a change: of many options the new ones are added, another answer is replaced."""
    found = dict(answers)
    for name, value in change.items():
        question = protocol.questions[name]
        before = found.get(name) or []
        if question.takes_many and not set(question.exclusive) & {*before, *value}:
            value = [*before, *(option for option in value if option not in before)]
        found[name] = value
    return found


def fits(answers: Change, change: Change) -> bool:
    """Say whether a change still stands after others were joined to it."""
    return all(
        set(value) <= set(answers[name]) if isinstance(value, list) else answers[name] == value
        for name, value in change.items()
    )


def opened(protocol: Protocol, answers: Change, change: Change, steps: int = 2) -> Change:
    """Return the answers with what makes the questions of a change visible, where a few steps do it."""
    for name in change:
        condition = protocol.questions[name].asked_when
        if steps and condition and name not in visible_questions(protocol, answers):
            for way in ways(protocol, condition.expression):
                tried = opened(protocol, joined(protocol, answers, way), way, steps - 1)
                if name in visible_questions(protocol, tried):
                    answers = tried
                    break
    return answers
