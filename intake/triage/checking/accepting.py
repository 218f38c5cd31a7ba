"""Reads accepted_cliffs.yaml: the falls of two tiers that stay, each with its source and its reason.

It lies beside the protocol and belongs to no version of it: accepting a cliff changes nothing for a patient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..deciding.compiling import program_of
from ..errors import Defect, Place
from ..reading.answers import Answers
from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.files import Entry, Refused, compose
from ..reading.kinds import condition
from ..reading.protocol import Condition, Protocol
from ..reading.resolving import Resolver, nearest
from .cliffs import Cliff

FILE = "accepted_cliffs.yaml"
CLASS, SINGLE = "accepted by class", "accepted one by one"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One entry. It covers a cliff of its rules where the change makes its condition true that was not true before."""

    kind: str
    id: str
    change: Condition
    rules: tuple[str, ...]
    sources: tuple[str, ...]
    reason: str
    place: Place

    def fault(self, wrong: str, to_do: str) -> Defect:
        return Defect(self.place.file, self.place.line, self.id, wrong, to_do)


@dataclass(frozen=True, slots=True)
class Judged:
    """Every cliff with the entry that covers it, or None; and what is wrong with the entries or lacks one."""

    cliffs: tuple[tuple[Cliff, Accepted | None], ...]
    defects: tuple[Defect, ...]

    def count(self) -> Counter[str]:
        """Count the cliffs each kind of entry covers; "" for those that none covers."""
        return Counter(entry.kind if entry else "" for _, entry in self.cliffs)


def judge_cliffs(protocol: Protocol, cliffs: Iterable[Cliff]) -> Judged:
    """Hold the cliffs of a protocol against its accepted ones. One without the other is a defect."""
    defects: list[Defect] = []
    entries = _read(protocol, defects)
    if defects:  # what an unreadable entry would have covered is not told as well
        return Judged(tuple((cliff, None) for cliff in cliffs), tuple(defects))
    found = [(cliff, _covering(protocol, entries, cliff)) for cliff in cliffs]
    defects += [_refused(protocol, cliff) for cliff, entry in found if entry is None]
    for entry in entries:
        defects += _gone(entry, [cliff for cliff, by in found if by is entry])
    return Judged(tuple(found), tuple(defects))


def _covering(protocol: Protocol, entries: list[Accepted], cliff: Cliff) -> Accepted | None:
    return next((entry for entry in entries if cliff.rule in entry.rules and _covers(protocol, entry, cliff)), None)


def _covers(protocol: Protocol, entry: Accepted, cliff: Cliff) -> bool:
    before, after = _counting(protocol, cliff.before), _counting(protocol, cliff.after)
    test = entry.change.expression
    return _holds(protocol, test, after) and not _holds(protocol, test, before)


def _counting(protocol: Protocol, answers: Answers) -> Answers:
    """Return the answers to questions that are asked."""
    asked = program_of(protocol).named(program_of(protocol).visible(answers))
    return {name: value for name, value in answers.items() if name in asked}


def _holds(protocol: Protocol, node: Expression, answers: Answers) -> bool:
    """Say whether a condition holds that is no part of the protocol, so no program was compiled of it."""

    def holds(part: Expression) -> bool:
        return _holds(protocol, part, answers)

    match node:
        case Includes(question, options):
            return bool(set(options) & set(_as_list(answers.get(question))))
        case Compare(question, op, number, counted):
            value = len(answers.get(question, ())) if counted else answers.get(question)
            return value is not None and (value >= number if op == ">=" else value <= number)
        case Fact(name):
            return holds(protocol.facts[name].when.expression)
        case Fires(rule):
            return holds(protocol.rules[rule].fires_when.expression)
        case Not(part):
            return not holds(part)
        case And(parts):
            return all(map(holds, parts))
        case Or(parts):
            return any(map(holds, parts))
        case AtLeast(number, parts):
            return sum(map(holds, parts)) >= number


def _refused(protocol: Protocol, cliff: Cliff) -> Defect:
    place = protocol.rules[cliff.rule].place
    to_do = f"Put a lower rule under it, or accept it in {FILE} with its source and reason."
    return Defect(place.file, place.line, cliff.rule, f"a cliff: {cliff}", to_do)


def _gone(entry: Accepted, cliffs: list[Cliff]) -> Iterator[Defect]:
    """Return what an entry covers and nobody falls from any more: a rule of it, or an option of its condition."""
    left = {cliff.rule for cliff in cliffs}
    for rule in entry.rules:
        if rule not in left:
            wrong = f"{rule} does not fall any more when {entry.change.text!r} becomes true"
            yield entry.fault(wrong, "Remove the rule from it, or the entry.")
    test = entry.change.expression
    if left and isinstance(test, Includes) and not test.group:
        came = {option for cliff in cliffs for option in _as_list(cliff.after.get(test.question))}
        for option in test.options:
            if option not in came:
                wrong = f"nobody falls any more when {test.question}:{option} becomes true"
                yield entry.fault(wrong, f"Remove {option} from it.")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# ---------------------------------------------------------------------- the file


def _read(protocol: Protocol, defects: list[Defect]) -> list[Accepted]:
    """Return the entries of the file, classes first; everything wrong with them becomes a defect."""
    try:
        whole = Entry(compose(protocol.folder / FILE, FILE), FILE)
        classes, cliffs = whole.entries("classes"), whole.entries("cliffs")
        whole.finish()
    except Refused as refused:
        defects.append(refused.defect)
        return []
    found = [*_each(classes, _class, defects), *_each(cliffs, _single, defects)]
    questions, facts, rules = protocol.questions.values(), protocol.facts.values(), protocol.rules.values()
    resolver = Resolver(list(questions), list(facts), list(rules), defects)
    for entry in found:
        defects += _unknown(protocol, entry)
    return [replace(entry, change=resolver.resolve(entry.change, entry.id)) for entry in found]


def _each(entries: list[Entry], read: Callable[[Entry], Accepted], defects: list[Defect]) -> Iterator[Accepted]:
    for entry in entries:
        try:
            found = read(entry)
            entry.finish()
        except Refused as refused:
            defects.append(refused.defect)
        else:
            yield found


def _class(entry: Entry) -> Accepted:
    """Return a context that defines the disease, and the rules in which it does."""
    entry.name = entry.text("id")
    return Accepted(
        kind=CLASS,
        id=entry.name,
        change=condition(entry, "change"),
        rules=entry.texts("rules"),
        sources=entry.texts("sources"),
        reason=entry.text("reason"),
        place=entry.place(),
    )


def _single(entry: Entry) -> Accepted:
    entry.name = entry.text("rule")
    return Accepted(
        kind=SINGLE,
        id=entry.name,
        change=condition(entry, "change"),
        rules=(entry.name,),
        sources=(entry.text("source"),),
        reason=entry.text("reason"),
        place=entry.place(),
    )


def _unknown(protocol: Protocol, entry: Accepted) -> Iterator[Defect]:
    for kind, names, known in (("rule", entry.rules, protocol.rules), ("source", entry.sources, protocol.sources)):
        if not names:
            yield entry.fault(f"it names no {kind}", f"Name a {kind}.")
        for name in names:
            if name not in known:
                yield entry.fault(f"the {kind} {name!r} is not known", nearest(name, known))
