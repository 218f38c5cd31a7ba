"""Answers that alarm by themselves, and those of a patient that no fired rule used.

The rules decide the tier; this list decides what a therapist must not overlook. An alarming answer is used when a
fired rule is true by it, alone or as one of several ways: then it is shown beside that flag. What is left was read by
nobody yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .errors import Defect, Place
from .expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from .files import Entry
from .outcome import Answer, UnusedAlarm
from .protocol import Condition, Protocol, Question, Rule
from .reading import Resolves, condition, optional_condition

SEVERITIES = {  # worst first
    "critical": "the harm behind it can come within hours",
    "serious": "the harm behind it can come within days",
    "concerning": "the harm behind it can come within weeks",
}
DEGREES = tuple(SEVERITIES)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Options of one question that alarm by themselves, except while `unless` holds."""

    answers: Includes
    severity: str
    unless: Condition | None
    why: str
    place: Place = field(compare=False)

    @property
    def id(self) -> str:
        return f"{self.answers.question}:{'/'.join(self.answers.options)}"


# Reading the list -----------------------------------------------------------------------------------------------------


def alarm(entry: Entry, resolver: Resolves) -> Alarm:
    """One entry of alarms.yaml."""
    entry.name = entry.text("answers")
    written = condition(entry, "answers")
    if not isinstance(written.expression, Includes) or written.expression.group:
        raise entry.refuse("these are not options of one question", "Write them as question:option/option.")
    severity = entry.text("severity")
    if severity not in SEVERITIES:
        raise entry.refuse(f"the severity {severity!r} is not known", f"Write {', '.join(SEVERITIES)}.")
    resolver.resolve(written, entry.name)
    unless = optional_condition(entry, "unless", resolver)
    return Alarm(written.expression, severity, unless, entry.text("why"), entry.place())


def misplaced(protocol: Protocol) -> Iterator[Defect]:
    """Answers that are calm, that no rule could ever read, or that stand twice; and a milder entry before a worse."""
    seen: set[tuple[str, str]] = set()
    worst = 0
    for one in protocol.alarms:
        question = protocol.questions[one.answers.question]
        for option in one.answers.options:
            wrong, to_do = _wrong(protocol, question, option)
            if (question.id, option) in seen:
                wrong, to_do = f"{question.id}:{option} stands twice", "Keep one of them."
            seen.add((question.id, option))
            if wrong:
                yield Defect(one.place.file, one.place.line, one.id, wrong, to_do)
        degree = DEGREES.index(one.severity)
        if degree < worst:
            wrong = f"{one.severity} stands after {DEGREES[worst]}"
            yield Defect(one.place.file, one.place.line, one.id, wrong, "Put the worst first.")
        worst = max(worst, degree)


def _wrong(protocol: Protocol, question: Question, option: str) -> tuple[str, str]:
    if not question.red_flag:
        return f"{question.id!r} is no red-flag question", "Mark it, or take the answer off the list."
    if not question.options or question.type == "body_map":
        return f"{question.id!r} has no options that could alarm", "Name options of a choice."
    if option in question.exclusive or option in protocol.unknowns.open_options:
        return f"{question.id}:{option} is a calm answer or an open one", "Take it off the list."
    return "", ""


# What one patient's rules left unused ---------------------------------------------------------------------------------


class Alarming:
    """Reads the alarming answers of one examination; `values` are the option bits or number of each question."""

    def __init__(self, protocol: Protocol, values: tuple[Any, ...]) -> None:
        self.protocol, self.values = protocol, values
        self.reasons = protocol.program.reasons
        self.given = self._given()
        self.bits = sum(bits for _, bits in self.given)

    def _given(self) -> list[tuple[Alarm, int]]:
        """The entries that this patient's answers meet, with the bits of those answers."""
        met = [(one, self._chosen(one.answers)) for one in self.protocol.alarms]
        return [(one, bits) for one, bits in met if bits and not (one.unless and self._holds(one.unless.expression))]

    def unused(self, fired: Iterable[Rule]) -> tuple[UnusedAlarm, ...]:
        """The alarming answers by which no fired rule is true; the worst first, then as the list has them."""
        if not self.bits:
            return ()
        used = 0
        for rule in fired:
            used |= self._truth(rule.fires_when.expression) or 0
        return tuple(
            UnusedAlarm(answer.question, str(answer.value), one.severity)
            for one, bits in self.given
            for answer in self.reasons.answers_of(bits & ~used, self.values)
        )

    def also(self, rule: Rule, fired_by: int) -> tuple[Answer, ...]:
        """The alarming answers by which a fired rule is true too, beside those (bits) that are named as its reason."""
        if not self.bits:
            return ()
        used = self._truth(rule.fires_when.expression) or 0
        return self.reasons.answers_of(self.bits & used & ~fired_by, self.values)

    def _chosen(self, node: Includes) -> int:
        """The named options that were chosen, at their places among all answers."""
        chosen = self.values[self.reasons.index[node.question]] & self.protocol.program.mask(node)
        return int(chosen) << self.reasons.start[node.question]

    def _holds(self, node: Expression) -> bool:
        return self._truth(node) is not None

    def _truth(self, node: Expression, wanted: bool = True) -> int | None:
        """The bits of every answer by which a condition has this truth; None when it has the other one."""
        match node:
            case Includes():
                return self._leaf(self._chosen(node), wanted)
            case Compare():
                return 0 if self._compared(node) is wanted else None
            case Fact(name):
                return self._truth(self.protocol.facts[name].when.expression, wanted)
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
        """The answers of every part that has this truth, when enough of them have."""
        found = [bits for part in parts if (bits := self._truth(part, wanted)) is not None]
        if len(found) < needed:
            return None
        together = 0
        for bits in found:
            together |= bits
        return together
