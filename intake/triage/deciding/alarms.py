"""Answers that alarm by themselves: which of a patient's no fired rule used.

The rules decide the tier; this list decides what a therapist must not overlook. An alarming answer is used when a
fired rule is true by it, alone or as one of several ways: then it is shown beside that flag. What is left was read by
nobody yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or, walk
from ..reading.protocol import Alarm, Protocol, Rule
from .compiling import KEPT, program_of
from .outcome import Answer, UnusedAlarm


class AlarmTests:
    """What of the list is the same for every patient of a protocol."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol, self.program = protocol, program_of(protocol)
        self.reasons, mask = self.program.reasons, self.program.mask
        self.tests = [(one, self.reasons.index[one.answers.question], mask(one.answers)) for one in protocol.alarms]
        self.named = {rule.id: self._named(rule.fires_when.expression) for rule in protocol.rules.values()}

    def _named(self, node: Expression) -> int:
        """Return the bits of every answer a condition names, facts and rules opened: only by these can it be true."""
        bits = 0
        for part in walk(node):
            match part:
                case Includes(question):
                    bits |= self.program.mask(part) << self.reasons.start[question]
                case Fact(name):
                    bits |= self._named(self.protocol.facts[name].when.expression)
                case Fires(rule):
                    bits |= self._named(self.protocol.rules[rule].fires_when.expression)
        return bits


@lru_cache(maxsize=KEPT)
def tests_of(protocol: Protocol) -> AlarmTests:
    """Prepare the list of a protocol; once, as its program is."""
    return AlarmTests(protocol)


class Alarming:
    """Reads the alarming answers of one examination; `values` are the option bits or number of each question."""

    def __init__(self, protocol: Protocol, values: tuple[Any, ...]) -> None:
        self.protocol, self.values = protocol, values
        self.program, self.tests = program_of(protocol), tests_of(protocol)
        self.reasons = self.program.reasons
        self.known: dict[tuple[str, bool], int | None] = {}
        self.given = self._given()
        self.bits = sum(bits for _, bits in self.given)
        self.used_by: dict[str, int] = {}

    def _given(self) -> list[tuple[Alarm, int]]:
        """The entries that this patient's answers meet, with the bits of those answers."""
        values, start = self.values, self.reasons.start
        met = [(one, values[index] & mask) for one, index, mask in self.tests.tests if values[index] & mask]
        return [
            (one, bits << start[one.answers.question])
            for one, bits in met
            if not (one.unless and self._holds(one.unless.expression))
        ]

    def _used(self, rule: Rule) -> int:
        """Return the alarming answers, as bits, by which a fired rule is true."""
        if rule.id not in self.used_by:
            could = self.bits & self.tests.named[rule.id]
            self.used_by[rule.id] = could and could & (self._truth(rule.fires_when.expression) or 0)
        return self.used_by[rule.id]

    def unused(self, fired: Iterable[Rule]) -> tuple[UnusedAlarm, ...]:
        """Return the alarming answers by which no fired rule is true; the worst first, then as the list has them."""
        used = 0
        for rule in fired:
            used |= self._used(rule)
        return tuple(
            UnusedAlarm(answer.question, str(answer.value), one.severity)
            for one, bits in self.given
            for answer in self.reasons.answers_of(bits & ~used, self.values)
        )

    def also(self, rule: Rule, fired_by: int) -> tuple[Answer, ...]:
        """The alarming answers by which a fired rule is true too, beside those (bits) that are named as its reason."""
        return self.reasons.answers_of(self._used(rule) & ~fired_by, self.values)

    def _chosen(self, node: Includes) -> int:
        """Return the named options that were chosen, at their places among all answers."""
        chosen = self.values[self.reasons.index[node.question]] & self.program.mask(node)
        return int(chosen) << self.reasons.start[node.question]

    def _holds(self, node: Expression) -> bool:
        return self._truth(node) is not None

    def _truth(self, node: Expression, wanted: bool = True) -> int | None:
        """Return the bits of every answer by which a condition has this truth; None when it has the other one."""
        match node:
            case Includes():
                return self._leaf(self._chosen(node), wanted)
            case Compare():
                return 0 if self._compared(node) is wanted else None
            case Fact(name):
                if (name, wanted) not in self.known:
                    self.known[name, wanted] = self._truth(self.protocol.facts[name].when.expression, wanted)
                return self.known[name, wanted]
            case Fires(rule):
                return self._truth(self.protocol.rules[rule].fires_when.expression, wanted)
            case Not(part):
                return self._truth(part, not wanted)
            case And(parts) | Or(parts):
                every = isinstance(node, And) is wanted
                return self._together(parts, wanted, len(parts) if every else 1)
            case AtLeast(number, parts):
                return self._together(parts, wanted, number if wanted else len(parts) - number + 1)

    @staticmethod
    def _leaf(bits: int, wanted: bool) -> int | None:
        if wanted:
            return bits or None
        return None if bits else 0

    def _compared(self, node: Compare) -> bool:
        value = self.values[self.reasons.index[node.question]]
        if node.counted:
            value = value.bit_count() or float("nan")  # not answered is neither few nor many
        return bool(value >= node.number if node.op == ">=" else value <= node.number)

    def _together(self, parts: tuple[Expression, ...], wanted: bool, needed: int) -> int | None:
        """Return the answers of every part that has this truth, when enough of them have."""
        together, may_fail = 0, len(parts) - needed
        for part in parts:
            bits = self._truth(part, wanted)
            if bits is not None:
                together |= bits
            elif may_fail:
                may_fail -= 1
            else:
                return None
        return together
