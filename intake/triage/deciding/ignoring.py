"""Which of the findings a rule must not fire on were present when it fired, beside the answers that fired it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.protocol import Protocol, Rule
from .compiling import program_of
from .outcome import Ignored
from .reasons import NOTHING, Candidates, all_of, any_of, at_least, one_by_one


class Ignoring:
    """Reads the `present_when` of rules that fired over one examination; only theirs, so a decision pays nothing."""

    def __init__(self, protocol: Protocol, values: tuple[Any, ...]) -> None:
        self.protocol, self.values = protocol, values
        self.program = program_of(protocol)
        self.reasons = self.program.reasons

    def beside(self, rule: Rule, fired_by: int) -> Iterator[Ignored]:
        """Return the findings that are present by answers beyond those (bits) that made the rule fire.

        A finding shown by nothing but the answers that fired the rule is a part of its reason, so it is left out.
        """
        for lookalike in rule.must_not_fire_on:
            if lookalike.present_when:
                found = [bits for bits in self.sets(lookalike.present_when.expression) if bits & ~fired_by]
                if found:
                    least = min(found, key=lambda bits: (bits.bit_count(), bits))
                    yield Ignored(lookalike.text, self.reasons.answers_of(least, self.values))

    def sets(self, node: Expression, wanted: bool = True) -> Candidates:
        """Return the smallest sets of answers by which a condition has this truth; none when it has the other one."""
        match node:
            case Includes(question):
                bits = self.value(question) & self.program.mask(node)
                return self.either(bool(bits), wanted, one_by_one(bits << self.reasons.start[question]))
            case Compare(question, op, number, counted):
                value = (self.value(question).bit_count() or float("nan")) if counted else self.value(question)
                holds = value >= number if op == ">=" else value <= number
                bits = self.value(question) if counted else 1
                return self.either(holds, wanted, (bits << self.reasons.start[question],))
            case Fact(name):
                return self.sets(self.protocol.facts[name].when.expression, wanted)
            case Fires(rule):
                return self.sets(self.protocol.rules[rule].fires_when.expression, wanted)
            case Not(part):
                return self.sets(part, not wanted)
            case AtLeast(number, parts):
                needed = number if wanted else len(parts) - number + 1
                return at_least(needed, *(self.sets(part, wanted) for part in parts))
            case And(parts) | Or(parts):
                found = [self.sets(part, wanted) for part in parts]
                if isinstance(node, And) is not wanted:
                    return any_of(*found)
                return all_of(*found) if all(found) else ()

    @staticmethod
    def either(holds: bool, wanted: bool, shown_by: Candidates) -> Candidates:
        """A test that holds is shown by its answers; one that does not hold needs none."""
        if holds is not wanted:
            return ()
        return shown_by if wanted else NOTHING

    def value(self, question: str) -> Any:
        return self.values[self.reasons.index[question]]
