"""The smallest set of answers that makes a condition hold, written as source for the compiled explanation.

An answer that can count is one bit of an integer: each option of each question, each number. A set of answers is
an integer, "contains" is `&`, "smaller" is fewer bits. A condition that holds has candidate sets: an OR offers those
of its true parts, an AND joins those of all parts, a NOT needs what makes its part false. What is merely absent,
an answer not given or another rule that did not fire, adds nothing. Candidates that contain another one are
dropped, so the smallest is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

from .expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from .outcome import Answer
from .protocol import Protocol, Question

ENOUGH = 64  # candidates kept at an AND, smallest first; no condition of a real protocol comes near it
NOTHING = (0,)  # holds without any answer
Candidates = tuple[int, ...]
Text = Callable[[Expression], str]


class Reasons:
    """Gives every answer its bit and writes the candidates of a condition as Python text."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.index = {name: index for index, name in enumerate(protocol.questions)}
        self.start: dict[str, int] = {}
        self.owners: list[tuple[Question, str]] = []
        for question in protocol.questions.values():
            self.start[question.id] = len(self.owners)
            self.owners += [(question, option) for option in question.option_ids or ("",)]
        self.answers = tuple(Answer(question.id, option) for question, option in self.owners)

    def answers_of(self, bits: int, values: tuple[Any, ...]) -> tuple[Answer, ...]:
        """The answers of a set, in the order of the questions; a number is taken from `values`."""
        found = []
        while bits:
            lowest = bits & -bits
            place = lowest.bit_length() - 1
            answer = self.answers[place]
            if not answer.value:
                answer = Answer(answer.question, values[self.index[answer.question]])
            found.append(answer)
            bits ^= lowest
        return tuple(found)

    def facts(self, text: Text, wanted_when: Callable[[str, bool], str]) -> list[str]:
        """Lines that name the candidates of each fact that is true (why) or false for a reason (unless).

        `wanted_when` gives the source text of "something to be explained needs this truth of the fact".
        """
        lines = []
        for name, fact in self.protocol.facts.items():
            tree = fact.when.expression
            lines.append(f"if fires_{name} and ({wanted_when(name, True)}): why_{name} = {self.why(tree, text)}")
            if self.matters(tree, False):
                wanted = wanted_when(name, False)
                lines.append(f"if not fires_{name} and ({wanted}): unless_{name} = {self.unless(tree, text)}")
        return lines

    def why(self, node: Expression, text: Text) -> str:
        """The candidates for a condition that holds."""
        return self._candidates(node, True, text)

    def unless(self, node: Expression, text: Text) -> str:
        """The candidates for a condition that does not hold."""
        return self._candidates(node, False, text)

    def matters(self, node: Expression, wanted: bool) -> bool:
        """Whether this truth of the node can need an answer at all; the falsehood of a plain test never does."""
        match node:
            case Includes() | Compare():
                return wanted
            case Fact(name):
                return self.matters(self.protocol.facts[name].when.expression, wanted)
            case Fires():
                return wanted
            case Not(part):
                return self.matters(part, not wanted)
            case And(parts) | Or(parts) | AtLeast(_, parts):
                return any(self.matters(part, wanted) for part in parts)

    def _candidates(self, node: Expression, wanted: bool, text: Text) -> str:
        if not self.matters(node, wanted):
            return "NOTHING"
        match node:
            case Includes():
                return self._options(node)
            case Compare():
                return self._number(node)
            case Fact(name):
                return f"{'why' if wanted else 'unless'}_{name}"
            case Fires(rule):
                return self._candidates(self.protocol.rules[rule].fires_when.expression, True, text)
            case Not(part):
                return self._candidates(part, not wanted, text)
            case AtLeast(number, parts):
                needed = number if wanted else len(parts) - number + 1
                pairs = [self._if(part, wanted, text) for part in parts]
                return f"at_least({needed}, {', '.join(pairs)})"
            case And(parts) | Or(parts):
                if isinstance(node, And) is wanted:
                    needed_parts = [part for part in parts if self.matters(part, wanted)]
                    found = [self._candidates(part, wanted, text) for part in needed_parts]
                    return found[0] if len(found) == 1 else f"all_of({', '.join(found)})"
                return f"any_of({', '.join(self._if(part, wanted, text) for part in parts)})"

    def _if(self, part: Expression, wanted: bool, text: Text) -> str:
        condition = text(part) if wanted else f"not {text(part)}"
        return f"({self._candidates(part, wanted, text)}) if {condition} else ()"

    def _options(self, node: Includes) -> str:
        ids = self.protocol.questions[node.question].option_ids
        mask = sum(1 << ids.index(option) for option in node.options)
        value, start = f"q{self.index[node.question]}", self.start[node.question]
        if len(node.options) == 1 or not self.protocol.questions[node.question].takes_many:
            return f"(({value} & {mask}) << {start},)"
        return f"one_by_one(({value} & {mask}) << {start})"

    def _number(self, node: Compare) -> str:
        question = self.protocol.questions[node.question]
        if node.counted:
            return f"(q{self.index[node.question]} << {self.start[node.question]},)"
        return f"({1 << self.start[question.id]},)"


# ---------------------------------------------------------------------- what the written source calls


def one_by_one(bits: int) -> Candidates:
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest)
        bits ^= lowest
    return tuple(found)


def fewest(found: set[int]) -> Candidates:
    """The sets that contain no other, smallest first, then in the order of the questions."""
    if len(found) == 1:
        return tuple(found)
    if len({one.bit_count() for one in found}) == 1:  # of one size, none contains another
        return tuple(sorted(found)[:ENOUGH])
    kept: list[int] = []
    for one in sorted(found, key=_size):
        for other in kept:
            if other & one == other:
                break
        else:
            kept.append(one)
    return tuple(kept[:ENOUGH])


def _size(bits: int) -> tuple[int, int]:
    return bits.bit_count(), bits


def all_of(first: Candidates, *rest: Candidates) -> Candidates:
    for more in rest:
        if len(first) == 1 == len(more):
            first = (first[0] | more[0],)
        else:
            first = fewest({one | other for one in first for other in more})
    return first


def any_of(*parts: Candidates) -> Candidates:
    true = [part for part in parts if part]
    return true[0] if len(true) == 1 else fewest({one for part in true for one in part})


def at_least(number: int, *parts: Candidates) -> Candidates:
    true = [part for part in parts if part]
    return fewest({one for chosen in combinations(true, number) for one in all_of(*chosen)})


def smallest(found: Candidates) -> int:
    return found[0] if len(found) == 1 else min(found, key=_size)


HELPERS = {
    "NOTHING": NOTHING,
    "one_by_one": one_by_one,
    "all_of": all_of,
    "any_of": any_of,
    "at_least": at_least,
    "smallest": smallest,
}
