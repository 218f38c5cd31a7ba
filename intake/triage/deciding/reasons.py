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

from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.protocol import Protocol, Question
from ..reading.resolving import names_in, questions_in
from .outcome import Answer
from .rows import Mask

ENOUGH = 64  # candidates kept at an AND, smallest first; no condition of a real protocol comes near it
NOTHING = (0,)  # holds without any answer
Candidates = tuple[int, ...]
Text = Callable[[Expression], str]


class Reasons:
    """Give every answer its bit and write a condition's candidates as Python."""

    def __init__(self, protocol: Protocol, mask: Mask) -> None:
        self.protocol, self.mask = protocol, mask
        self.index = {name: index for index, name in enumerate(protocol.questions)}
        self.start: dict[str, int] = {}
        self.owners: list[tuple[Question, str]] = []
        for question in protocol.questions.values():
            self.start[question.id] = len(self.owners)
            self.owners += [(question, option) for option in question.option_ids or ("",)]
        self.answers = tuple(Answer(question.id, option) for question, option in self.owners)

    def answers_of(self, bits: int, values: tuple[Any, ...]) -> tuple[Answer, ...]:
        """Return the answers of a set, in the order of the questions; a number is taken from `values`."""
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

    def smallest(self, node: Expression, text: Text) -> str:
        """Python text for the smallest set of answers by which a condition holds; the earliest options on a tie."""
        return self._smallest(node, True, text)

    def _smallest(self, node: Expression, wanted: bool, text: Text) -> str:  # noqa: C901
        """The parts of an OR compete, and those of an AND add up, so the candidates need not be written out; only
        where two parts of an AND read the same question could one answer serve both."""
        if not self.matters(node, wanted):
            return "0"
        match node:
            case Includes(_, options) if len(options) > 1 and self.protocol.questions[node.question].takes_many:
                mask, start = self.mask(node), self.start[node.question]
                return f"(((bits := q{self.index[node.question]} & {mask}) & -bits) << {start})"
            case Includes():
                return self._chosen(node)
            case Compare(_, _, _, counted) if not counted:
                return str(1 << self.start[node.question])
            case Fact(name):
                return self._smallest(self.protocol.facts[name].when.expression, wanted, text)
            case Fires(rule):
                return self._smallest(self.protocol.rules[rule].fires_when.expression, True, text)
            case Not(part):
                return self._smallest(part, not wanted, text)
            case And(parts) | Or(parts) if isinstance(node, And) is not wanted:
                found = ", ".join(
                    f"{self._smallest(part, wanted, text)} if {self._true(part, wanted, text)} else None"
                    for part in parts
                )
                return f"least({found})"
            case And(parts) | Or(parts):
                needed = [part for part in parts if self.matters(part, wanted)]
                read = [self.read_by(part) for part in needed]
                if len(frozenset().union(*read)) == sum(map(len, read)):
                    return f"({' | '.join(self._smallest(part, wanted, text) for part in needed)})"
        return f"smallest({self._candidates(node, wanted, text)})"

    def read_by(self, node: Expression) -> frozenset[str]:
        """Return the questions whose answers can stand in a set for this condition."""
        found = frozenset(questions_in(node))
        for name in names_in(node, Fact):
            found |= self.read_by(self.protocol.facts[name].when.expression)
        for name in names_in(node, Fires):
            found |= self.read_by(self.protocol.rules[name].fires_when.expression)
        return found

    def matters(self, node: Expression, wanted: bool) -> bool:
        """Say whether this truth of the node can need an answer at all; the falsehood of a plain test never does."""
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
                return self._candidates(self.protocol.facts[name].when.expression, wanted, text)
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
        return f"({self._candidates(part, wanted, text)}) if {self._true(part, wanted, text)} else ()"

    @staticmethod
    def _true(part: Expression, wanted: bool, text: Text) -> str:
        return text(part) if wanted else f"not {text(part)}"

    def _options(self, node: Includes) -> str:
        if len(node.options) == 1 or not self.protocol.questions[node.question].takes_many:
            return f"({self._chosen(node)},)"
        return f"one_by_one({self._chosen(node)})"

    def _chosen(self, node: Includes) -> str:
        """Return the named options that are chosen, at their places among all answers."""
        mask = self.mask(node)
        return f"((q{self.index[node.question]} & {mask}) << {self.start[node.question]})"

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
    """Return the sets that contain no other, smallest first, then in the order of the questions."""
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


def least(*sets: int | None) -> int:
    """Return the smallest of the sets that are there."""
    best = size = -1
    for one in sets:
        if one is not None:
            bits = one.bit_count()
            if size < 0 or bits < size or (bits == size and one < best):
                best, size = one, bits
    return best


HELPERS = {
    "least": least,
    "NOTHING": NOTHING,
    "one_by_one": one_by_one,
    "all_of": all_of,
    "any_of": any_of,
    "at_least": at_least,
    "smallest": smallest,
}
