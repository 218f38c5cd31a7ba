"""Finds the minimal ways to fire a rule: sets of answers of which no answer can be left out.

All of them would be a product of every alternative of every part. They are bounded like this, the same each time:
each alternative of each part is met once, with the first alternatives of the other parts that fit beside it; so is
each alternative of what makes a hidden question visible. Options that no condition of the protocol tells apart count
as one. The rule's own cases are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from ..deciding.compiling import program_of
from ..deciding.counterfactuals import distinct_options
from ..errors import AnswerError
from ..reading.answers import validate_answers
from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.protocol import Protocol, Urgency
from .cases import Block, changed

Answers = dict[str, Any]
Part = dict[str, Any]  # a choice: its option; many options: a frozenset of them; a number: (least, most)
STEPS = 4  # how many questions may have to be answered to make one visible
TRIES = 200  # combinations looked at before the parts of a condition count as excluding each other


class Budget:
    """How many more tries a search has."""

    def __init__(self, tries: int) -> None:
        self.left = tries

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0


class Ways:
    """The minimal ways to fire each rule of one protocol."""

    def __init__(self, protocol: Protocol, blocks: Iterable[Block]) -> None:
        self.protocol = protocol
        self.program = program_of(protocol)
        self.tiers = [rule.tier for rule in protocol.rules.values()]
        self.place = {name: place for place, name in enumerate(self.program.question_ids)}
        self.blocks: dict[str, list[Block]] = {}
        for block in blocks:
            if block.kind == "rule":
                self.blocks.setdefault(block.about, []).append(block)
        self._parts: dict[tuple[int, bool], list[Part]] = {}

    def of(self, rule: str) -> list[Answers]:
        """Return each minimal way to fire a rule, those of its condition first, then those of its cases."""
        place = self.program.rule_ids.index(rule)
        found: dict[str, Answers] = {}
        for answers in (*self._by_condition(rule), *self._by_cases(rule)):
            if place in self.program.fires(answers):
                least = self._least(answers, place)
                found.setdefault(repr(sorted(least.items())), least)
        return list(found.values())

    def tier(self, answers: Answers) -> Urgency:
        """Return the tier the whole protocol gives these answers."""
        tiers = self.tiers
        return max([tiers[rule] for rule in self.program.fires(answers)], default=Urgency.ROUTINE)

    def is_asked(self, answers: Answers) -> list[bool]:
        """Say whether each answered question is asked, in the order of the answers."""
        bits = self.program.visible(answers)
        return [bool(bits >> self.place[name] & 1) for name in answers]

    # ------------------------------------------------------------------ where they come from

    def _by_cases(self, rule: str) -> Iterator[Answers]:
        for block in self.blocks.get(rule, []):
            for change in ({}, *block.told.get("also_fires", ())):
                try:
                    yield validate_answers(self.protocol, changed(block.answers, change))
                except AnswerError:
                    continue  # run_cases says so

    def _by_condition(self, rule: str) -> Iterator[Answers]:
        met: set[str] = set()  # hidden questions whose openings another part has gone through
        for part in self.parts(self.protocol.rules[rule].fires_when.expression):
            hidden = self._hidden(part)
            every = hidden is not None and hidden not in met
            for shown in self._shown(part) if every else self._first_shown(part, STEPS, Budget(TRIES)):
                met.add(str(hidden))
                yield self._answers(shown)

    def _least(self, answers: Answers, place: int) -> Answers:
        """Leave out, last question first, every answer and every option the rule fires without."""
        least = dict(answers)
        for name in reversed(list(answers)):
            given = least[name]
            options = list(given) if isinstance(given, list) else []
            without = {other: value for other, value in least.items() if other != name}
            if place in self.program.fires(without):
                least = without
                continue
            for option in options if len(options) > 1 else ():
                fewer = [other for other in least[name] if other != option]
                if fewer and place in self.program.fires({**least, name: fewer}):
                    least[name] = fewer
        return least

    # ------------------------------------------------------------------ the parts of a condition

    def parts(self, node: Expression, wanted: bool = True) -> list[Part]:
        """Answers that give a condition this truth, each alternative once; what must be absent is left out."""
        key = (id(node), wanted)
        if key not in self._parts:
            unique = {repr(sorted(part.items())): part for part in self._read(node, wanted)}
            self._parts[key] = list(unique.values())
        return self._parts[key]

    def _read(self, node: Expression, wanted: bool) -> Iterable[Part]:
        match node:
            case Includes():
                return self._options(node) if wanted else [{}]
            case Compare():
                return self._numbers(node) if wanted else [{}]
            case Fact(name):
                return self.parts(self.protocol.facts[name].when.expression, wanted)
            case Fires(rule):
                return self.parts(self.protocol.rules[rule].fires_when.expression, wanted)
            case Not(part):
                return self.parts(part, not wanted)
            case And(parts) | Or(parts):
                each = [self.parts(part, wanted) for part in parts]
                together = isinstance(node, And) is wanted
                return _covered(each) if together else [part for found in each for part in found]
            case AtLeast(number, parts):
                needed = number if wanted else len(parts) - number + 1
                chosen = combinations([self.parts(part, wanted) for part in parts], needed)
                return [part for each in chosen for part in _covered(each)]

    def _options(self, node: Includes) -> list[Part]:
        question = self.protocol.questions[node.question]
        told_apart = distinct_options(self.protocol, question.id)
        options = [option for option in node.options if option in told_apart] or list(node.options[:1])
        options += [option for option in node.options if option in self.protocol.unknowns.open_options]
        many = question.takes_many
        return [{question.id: frozenset([option]) if many else option} for option in dict.fromkeys(options)]

    def _numbers(self, node: Compare) -> list[Part]:
        question = self.protocol.questions[node.question]
        if node.counted:
            free = [option for option in question.option_ids if option not in question.exclusive]
            return [{question.id: frozenset(free[: node.number])}]
        low, high = question.bounds or (0, 0)
        return [{question.id: (node.number, high) if node.op == ">=" else (low, node.number)}]

    def _answers(self, part: Part) -> Answers:
        found: Answers = {}
        for name, question in self.protocol.questions.items():
            if name in part:
                value = part[name]
                if isinstance(value, frozenset):
                    value = [option for option in question.option_ids if option in value]
                elif isinstance(value, tuple):
                    least, most = value
                    value = least if least > (question.bounds or (0, 0))[0] else most
                found[name] = value
        return found

    # ------------------------------------------------------------------ what must be visible

    def _shown(self, part: Part) -> Iterator[Part]:
        """Return the part with what makes its questions visible: each alternative for the first hidden one."""
        hidden = self._hidden(part)
        if hidden is None:
            yield part
            return
        for more in self._openings(part, hidden):
            yield from self._first_shown(more, STEPS - 1, Budget(TRIES))

    def _first_shown(self, part: Part, steps: int, budget: Budget) -> Iterator[Part]:
        """The part with the first alternative by which all its questions are visible; nothing when none is found."""
        hidden = self._hidden(part)
        if hidden is None:
            yield part
            return
        for more in self._openings(part, hidden) if steps else ():
            if not budget.spend():
                return
            found = next(self._first_shown(more, steps - 1, budget), None)
            if found is not None:
                yield found
                return

    def _hidden(self, part: Part) -> str | None:
        answers = self._answers(part)
        asked = zip(answers, self.is_asked(answers), strict=True)
        return next((name for name, is_asked in asked if not is_asked), None)

    def _openings(self, part: Part, hidden: str) -> Iterator[Part]:
        condition = self.protocol.questions[hidden].asked_when
        for opening in self.parts(condition.expression) if condition else ():
            more = _joined(part, opening)
            if more is not None and more != part:
                yield more


def _covered(each: Sequence[list[Part]]) -> list[Part]:
    """Each alternative of each list once, beside the first of the others that fit."""
    found = [_fitting(each, fixed={})]
    for place, parts in enumerate(each):
        found += [_fitting(each, fixed={place: part}) for part in parts[1:]]
    return [part for part in found if part is not None]


def _fitting(each: Sequence[list[Part]], fixed: dict[int, Part]) -> Part | None:
    """Return the first choice of one part from each list that fit together, the fixed ones given."""
    budget = Budget(TRIES)
    lists = [[fixed[place]] if place in fixed else parts for place, parts in enumerate(each)]
    lists.sort(key=len)  # what leaves no choice first

    def search(found: Part, place: int) -> Part | None:
        if place == len(lists):
            return found
        for part in lists[place]:
            if not budget.spend():
                return None
            more = _joined(found, part)
            whole = search(more, place + 1) if more is not None else None
            if whole is not None:
                return whole
        return None

    return search({}, 0)


def _joined(one: Part, other: Part) -> Part | None:
    """Both parts in one set of answers; None when a question would need two answers."""
    found = dict(one)
    for name, value in other.items():
        before: Any = found.get(name, value)
        if isinstance(value, frozenset):
            value = before | value
        elif isinstance(value, tuple):
            value = max(before[0], value[0]), min(before[1], value[1])
            if value[0] > value[1]:
                return None
        elif before != value:
            return None
        found[name] = value
    return found
