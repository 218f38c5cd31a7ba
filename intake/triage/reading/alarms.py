"""Reads alarms.yaml: the answers that alarm by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Defect
from .expressions import Includes
from .files import Entry
from .kinds import Resolves, condition, optional_condition
from .protocol import Alarm, Protocol, Question

SEVERITIES = {  # worst first
    "critical": "the harm behind it can come within hours",
    "serious": "the harm behind it can come within days",
    "concerning": "the harm behind it can come within weeks",
}
DEGREES = tuple(SEVERITIES)


def alarm(entry: Entry, resolver: Resolves) -> Alarm:
    """Return one entry of alarms.yaml."""
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
