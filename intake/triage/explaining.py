"""Why a condition holds: the smallest set of answers that makes it hold, and the open questions it hangs on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from .expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from .outcome import Answer
from .protocol import Protocol

Reasons = tuple[frozenset[tuple[int, int]], ...]  # sets of (question index, option index or -1 for the number)
ENOUGH = 48  # candidate sets kept at a node; the smallest are kept, so the answer stays smallest in practice
NOTHING: Reasons = (frozenset(),)


class Witness:
    """Explains conditions over the values of one examination. Nothing is kept between two sets of answers."""

    def __init__(
        self, protocol: Protocol, values: tuple[Any, ...], facts: tuple[Any, ...], open_questions: int
    ) -> None:
        program = protocol.program
        self.protocol = protocol
        self.values = values
        self.open = open_questions
        self.index = {name: index for index, name in enumerate(program.question_ids)}
        self.facts = dict(zip(program.fact_ids, facts, strict=True))
        self.known: dict[tuple[str, bool], Reasons] = {}

    # ------------------------------------------------------------------ truth of a node, as the rules count it

    def holds(self, node: Expression) -> bool:
        match node:
            case Includes() | Compare():
                return self._leaf(node)
            case Fact(name):
                return bool(self.facts[name])
            case Fires(rule):
                return self.holds(self.protocol.rules[rule].fires_when.expression)
            case Not(part):
                return not self.holds(part)
            case And(parts):
                return all(self.holds(part) for part in parts)
            case Or(parts):
                return any(self.holds(part) for part in parts)
            case AtLeast(number, parts):
                return sum(self.holds(part) for part in parts) >= number

    def _leaf(self, node: Includes | Compare) -> bool:
        value = self.values[self.index[node.question]]
        if isinstance(node, Includes):
            ids = self.protocol.questions[node.question].option_ids
            return any(value >> ids.index(option) & 1 for option in node.options)
        if node.counted:
            value = value.bit_count() or float("nan")
        return bool(value >= node.number if node.op == ">=" else value <= node.number)

    # ------------------------------------------------------------------ smallest set of answers

    def answers(self, expression: Expression) -> tuple[Answer, ...]:
        """A smallest set of answers for which the condition holds, in the order of the questions.

        Answers that are absent (below NOT) need no answer and are not listed. The condition must hold.
        """
        best = self.reasons(expression, True)[0]
        return tuple(self._answer(question, option) for question, option in sorted(best))

    def _answer(self, question: int, option: int) -> Answer:
        found = list(self.protocol.questions.values())[question]
        value = self.values[question]
        if option < 0:
            return Answer(found.id, value.bit_count() if found.takes_many else value)
        return Answer(found.id, found.option_ids[option])

    def reasons(self, node: Expression, wanted: bool) -> Reasons:
        """The sets of answers that give the node the wanted truth, smallest first. It must have that truth."""
        match node:
            case Includes():
                return self._option_reasons(node) if wanted else NOTHING
            case Compare():
                return (frozenset({(self.index[node.question], -1)}),) if wanted else NOTHING
            case Fact(name):
                return self._named(name, self.protocol.facts[name].when.expression, wanted)
            case Fires(rule):
                return self._named(f"rule.{rule}", self.protocol.rules[rule].fires_when.expression, wanted)
            case Not(part):
                return self.reasons(part, not wanted)
            case And(parts):
                return self._all(parts, True) if wanted else self._any(parts, False)
            case Or(parts):
                return self._any(parts, True) if wanted else self._all(parts, False)
            case AtLeast(number, parts):
                needed = number if wanted else len(parts) - number + 1
                fitting = [part for part in parts if self.holds(part) is wanted]
                found: list[frozenset[tuple[int, int]]] = []
                for chosen in combinations(fitting, needed):
                    found += self._all(chosen, wanted)
                return smallest(found)

    def _named(self, name: str, expression: Expression, wanted: bool) -> Reasons:
        key = (name, wanted)
        if key not in self.known:
            self.known[key] = self.reasons(expression, wanted)
        return self.known[key]

    def _option_reasons(self, node: Includes) -> Reasons:
        index = self.index[node.question]
        ids = self.protocol.questions[node.question].option_ids
        places = sorted(ids.index(option) for option in node.options)
        return tuple(frozenset({(index, place)}) for place in places if self.values[index] >> place & 1)

    def _any(self, parts: Iterable[Expression], wanted: bool) -> Reasons:
        found: list[frozenset[tuple[int, int]]] = []
        for part in parts:
            if self.holds(part) is wanted:
                found += self.reasons(part, wanted)
        return smallest(found)

    def _all(self, parts: Iterable[Expression], wanted: bool) -> Reasons:
        found: Reasons = NOTHING
        for part in parts:
            more = self.reasons(part, wanted)
            if more != NOTHING:
                found = smallest([one | other for one in found for other in more])
        return found

    # ------------------------------------------------------------------ the open questions a rule hangs on

    def hangs_on(self, expression: Expression) -> int:
        """The open questions, as bits, whose answer could still make the condition hold."""
        return self._hangs(expression)[2]

    def _hangs(self, node: Expression) -> tuple[bool, bool, int]:
        """(could hold, must hold, open questions that decide between the two)."""
        match node:
            case Includes() | Compare():
                holds, bit = self._leaf(node), 1 << self.index[node.question]
                is_open = not holds and bool(self.open & bit)
                return holds or is_open, holds, bit if is_open else 0
            case Fact(name):
                return self._hangs(self.protocol.facts[name].when.expression)
            case Fires(rule):
                return self._hangs(self.protocol.rules[rule].fires_when.expression)
            case Not(part):
                could, must, bits = self._hangs(part)
                return not must, not could, bits
            case And(parts):
                found = [self._hangs(part) for part in parts]
                could, must = all(part[0] for part in found), all(part[1] for part in found)
            case Or(parts):
                found = [self._hangs(part) for part in parts]
                could, must = any(part[0] for part in found), any(part[1] for part in found)
            case AtLeast(number, parts):
                found = [self._hangs(part) for part in parts]
                could = sum(part[0] for part in found) >= number
                must = sum(part[1] for part in found) >= number
        bits = 0
        if could and not must:
            for part_could, part_must, part_bits in found:
                bits |= part_bits if part_could and not part_must else 0
        return could, must, bits


def smallest(found: Iterable[frozenset[tuple[int, int]]]) -> Reasons:
    """The sets that contain no other, smallest first, then in the order of the questions."""
    kept: list[frozenset[tuple[int, int]]] = []
    for one in sorted(set(found), key=lambda reason: (len(reason), sorted(reason))):
        if not any(other <= one for other in kept):
            kept.append(one)
            if len(kept) == ENOUGH:
                break
    return tuple(kept)
