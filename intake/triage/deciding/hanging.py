"""Which open questions a rule that could still fire hangs on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.protocol import Protocol
from .compiling import program_of

Range = tuple[bool, bool, int]  # could hold, must hold, the open questions (bits) that decide between the two


class Hanging:
    """Reads conditions over one examination, with everything open left open."""

    def __init__(self, protocol: Protocol, examined: tuple[Any, ...]) -> None:
        _, _, self.asked, self.open, self.shaky, self.values = examined[:6]
        self.protocol, self.program = protocol, program_of(protocol)
        self.index = {name: index for index, name in enumerate(self.program.question_ids)}
        self.known: dict[str, Range] = {}

    def questions(self, expression: Expression) -> tuple[str, ...]:
        """Return the open questions whose answers could still make the condition hold, in protocol order.

        A question that is not asked yet stands for by the open questions that decide whether it will be.
        """
        return self.program.named(self.range(expression)[2])

    def range(self, node: Expression) -> Range:
        match node:
            case Includes() | Compare():
                return self._leaf(node)
            case Fact(name):
                return self._named(name, self.protocol.facts[name].when.expression)
            case Fires(rule):
                return self._named(f"rule.{rule}", self.protocol.rules[rule].fires_when.expression)
            case Not(part):
                could, must, bits = self.range(part)
                return not must, not could, bits
            case And(parts):
                found = self._until(parts, could=False)
                could, must = all(part[0] for part in found), all(part[1] for part in found)
            case Or(parts):
                found = self._until(parts, must=True)
                could, must = any(part[0] for part in found), any(part[1] for part in found)
            case AtLeast(number, parts):
                found = [self.range(part) for part in parts]
                could = sum(part[0] for part in found) >= number
                must = sum(part[1] for part in found) >= number
        bits = 0
        if could and not must:
            for part_could, part_must, part_bits in found:
                bits |= part_bits if part_could and not part_must else 0
        return could, must, bits

    def _until(
        self, parts: Iterable[Expression], *, could: bool | None = None, must: bool | None = None
    ) -> list[Range]:
        """Return the ranges of the parts up to the first that settles the whole; nothing hangs on those after it."""
        found = []
        for part in parts:
            found.append(self.range(part))
            if found[-1][0] is could or found[-1][1] is must:
                break
        return found

    def _named(self, name: str, expression: Expression) -> Range:
        if name not in self.known:
            self.known[name] = self.range(expression)
        return self.known[name]

    def _leaf(self, node: Includes | Compare) -> Range:
        index = self.index[node.question]
        bit, value = 1 << index, self.values[index]
        question = self.protocol.questions[node.question]
        if isinstance(node, Includes):
            holds = bool(value & self.program.mask(node))
        else:
            number = (value.bit_count() or float("nan")) if node.counted else value
            holds = number >= node.number if node.op == ">=" else number <= node.number
        is_open, is_shaky = bool(self.open & bit), bool(self.shaky & bit)
        if not is_open and not (holds and is_shaky):
            return holds, holds, 0
        bits = bit if is_open and self.asked & bit else 0
        if question.asked_when and (is_shaky or not self.asked & bit):
            bits |= self._named(f"asked.{question.id}", question.asked_when.expression)[2]
        return holds or is_open, False, bits
