"""What would change the tier, and what to ask first.

A bounded exact search. A set of questions is first opened, as if unanswered: when the three-valued bounds say that
no answers to them can move the tier, the whole set is passed over. Only the sets that are left are tried, answer by
answer. So a change that is found is real, and none of the searched size is missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import Any

from ..reading.answers import Answers, validate_answers
from ..reading.expressions import Compare, Expression, Includes, walk
from ..reading.protocol import Protocol, Question, Urgency
from .compiling import program_of
from .hanging import Hanging

FIXED = ("age", "sex_at_birth", "pain_regions")  # who the person is and where it hurts do not change
SHOWN = 12


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """One answer changed. `kind`: answer (another answer: option id or number), add or remove (one option)."""

    question: str
    kind: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Changes that together move the tier to `urgency`. `fires` and `stops`: rules that then would or would not."""

    changes: tuple[ChangedAnswer, ...]
    urgency: Urgency
    fires: tuple[str, ...]
    stops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskFirst:
    """An open question that could raise the tier. `reaches`: the tier one answer to it alone could bring (the
    present tier when it needs others too); `rules`: the higher rules that hang on it, worst first."""

    question: str
    reaches: Urgency
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counterfactuals:
    """`raise_` and `lower` hold changes of the smallest size that works, at most `searched` answers at a time; empty
    when no such change moves the tier. At most a dozen each, those nearest to what was asked first."""

    urgency: Urgency
    raise_: tuple[Counterfactual, ...]
    lower: tuple[Counterfactual, ...]
    ask_first: tuple[AskFirst, ...]
    searched: int


def counterfactuals(protocol: Protocol, answers: Answers, *, most: int = 2) -> Counterfactuals:
    """Return the smallest changes of up to `most` answers that raise or lower the tier, and the questions to ask first.

    Age, sex and the marked regions are taken as given, and an answer is never changed to "unsure". Raises AnswerError.
    """
    search = _Search(protocol, validate_answers(protocol, answers))
    return Counterfactuals(
        urgency=search.urgency,
        raise_=tuple(search.smallest(most, up=True)),
        lower=tuple(search.smallest(most, up=False)) if search.urgency else (),
        ask_first=tuple(search.ask_first()),
        searched=most,
    )


class _Search:
    def __init__(self, protocol: Protocol, answers: dict[str, Any]) -> None:
        self.protocol, self.answers = protocol, answers
        self.program = program_of(protocol)
        self.tiers = [rule.tier for rule in protocol.rules.values()]
        self.fired = set(self.program.decide(answers)[0])
        self.urgency = max((self.tiers[rule] for rule in self.fired), default=Urgency.ROUTINE)
        self.asked = self.program.examine(answers)[2]

    def smallest(self, most: int, *, up: bool) -> list[Counterfactual]:
        """Return all changes of the smallest size that works, the shortest list of questions first."""
        candidates = self.candidates(up=up)
        for size in range(1, most + 1):
            found: list[Counterfactual] = []
            for names in combinations(candidates, size):
                if self.could_move(names, up=up):
                    found += self.changes(names, up=up)
            if found:
                return sorted(found, key=lambda one: self.nearness(one, up=up))[:SHOWN]
        return []

    def candidates(self, *, up: bool) -> list[str]:
        """Questions a rule that matters can depend on; lowering needs only those of the rules that hold the tier."""
        wanted = 0
        for place, name in enumerate(self.program.rule_ids):
            matters = self.tiers[place] > self.urgency if up else place in self.fired and self.holds_tier(place)
            wanted |= self.program.reads[f"rule.{name}"] if matters else 0
        return [name for name in self.program.named(wanted) if name not in FIXED]

    def holds_tier(self, place: int) -> bool:
        return self.tiers[place] == self.urgency

    def could_move(self, names: tuple[str, ...], *, up: bool) -> bool:
        opened = sum(1 << self.program.question_ids.index(name) for name in names)
        fired, could, must = self.program.bound(self.answers, opened)
        if up:
            return any(self.tiers[rule] > self.urgency for rule in (*fired, *could))
        return not any(self.tiers[rule] >= self.urgency for rule in must)

    def changes(self, names: tuple[str, ...], *, up: bool) -> Iterator[Counterfactual]:
        for moves in product(*(self.moves(name) for name in names)):
            changed = dict(self.answers)
            for _, name, value in moves:
                if value is None:
                    changed.pop(name, None)
                else:
                    changed[name] = value
            fired = set(self.program.decide(changed)[0])
            urgency = max((self.tiers[rule] for rule in fired), default=Urgency.ROUTINE)
            if urgency > self.urgency if up else urgency < self.urgency:
                ids = self.program.rule_ids
                yield Counterfactual(
                    changes=tuple(change for change, _, _ in moves),
                    urgency=urgency,
                    fires=tuple(ids[rule] for rule in sorted(fired - self.fired)),
                    stops=tuple(ids[rule] for rule in sorted(self.fired - fired)),
                )

    def moves(self, name: str) -> list[tuple[ChangedAnswer, str, Any]]:
        """Return every different answer to a question that the protocol can tell apart from the given one."""
        question, given = self.protocol.questions[name], self.answers.get(name)
        if question.is_number:
            values = [value for value in thresholds(self.protocol, name) if value != given]
            return [(ChangedAnswer(name, "answer", value), name, value) for value in values]
        if question.type == "choice":
            options = [option for option in distinct_options(self.protocol, name) if option != given]
            return [(ChangedAnswer(name, "answer", option), name, option) for option in options]
        if not question.takes_many:
            return []
        chosen = list(given or ())
        moves: list[tuple[ChangedAnswer, str, Any]] = []
        for option in distinct_options(self.protocol, name):
            if option not in chosen:
                alone = option in question.exclusive
                kept = [] if alone else [other for other in chosen if other not in question.exclusive]
                moves.append((ChangedAnswer(name, "answer" if alone else "add", option), name, [*kept, option]))
        for option in chosen:
            left = [other for other in chosen if other != option]
            if left or not nothing_of(question):  # taking the only option away is answering "none"
                moves.append((ChangedAnswer(name, "remove", option), name, left or None))
        return moves

    def nearness(self, one: Counterfactual, *, up: bool) -> tuple[Any, ...]:
        """First what is unsure, then what the patient has seen; the first page's catch-all question comes last.
        When lowering, a plain no comes before any other answer."""
        places = [self.program.question_ids.index(change.question) for change in one.changes]
        unsure = sum(self.is_open(change.question) for change in one.changes)
        unseen = sum(not self.asked >> place & 1 for place in places)
        other = sum(not up and not self.is_denial(change) for change in one.changes)
        return -unsure, unseen, places.count(0), other, -one.urgency if up else one.urgency, places

    def is_open(self, name: str) -> bool:
        given = self.answers.get(name)
        chosen = given if isinstance(given, list) else [given]
        return any(option in chosen for option in self.protocol.unknowns.open_options)

    def is_denial(self, change: ChangedAnswer) -> bool:
        return change.value == "no" or change.value in self.protocol.questions[change.question].exclusive

    def ask_first(self) -> list[AskFirst]:
        """Open questions and strength tests left out that could raise the tier, the one that reaches furthest first."""
        unknowns = self.protocol.unknowns
        not_checked = [
            name for name in unknowns.strength_tests if self.answers.get(name) in unknowns.not_checked_options
        ]
        known = {name: value for name, value in self.answers.items() if name not in not_checked}
        examined = self.program.examine(known)
        hanging = Hanging(self.protocol, examined)
        rules: dict[str, list[str]] = {}
        for place in sorted(examined[1], key=lambda place: -self.tiers[place]):
            if self.tiers[place] > self.urgency:
                rule = self.protocol.rules[self.program.rule_ids[place]]
                for name in hanging.questions(rule.fires_when.expression):
                    rules.setdefault(name, []).append(rule.id)
        found = [AskFirst(name, self.reach(name), tuple(hanging_on)) for name, hanging_on in rules.items()]
        order = self.program.question_ids.index
        return sorted(found, key=lambda one: (-one.reaches, -self.weight(one), order(one.question)))

    def weight(self, one: AskFirst) -> int:
        return sum(4 ** self.protocol.rules[rule].tier for rule in one.rules)

    def reach(self, name: str) -> Urgency:
        """Return the highest tier one answer to this question alone can bring."""
        reached = [self.urgency]
        for change, _, value in self.moves(name):
            if change.kind != "remove":
                fired = self.program.decide({**self.answers, name: value})[0]
                reached.append(max((self.tiers[rule] for rule in fired), default=Urgency.ROUTINE))
        return max(reached)


def ask_first(protocol: Protocol, answers: Answers) -> tuple[AskFirst, ...]:
    """Return the open questions that could raise the tier, best question first; quick enough for every page."""
    return tuple(_Search(protocol, validate_answers(protocol, answers)).ask_first())


def nothing_of(question: Question) -> list[str]:
    """Return the answer that says "none of these", if the question has one."""
    return [option for option in question.exclusive if option != "unsure"][:1]


def _trees(protocol: Protocol) -> list[Expression]:
    conditions = [fact.when for fact in protocol.facts.values()]
    conditions += [rule.fires_when for rule in protocol.rules.values()]
    conditions += [question.asked_when for question in protocol.questions.values() if question.asked_when]
    return [condition.expression for condition in conditions]


@lru_cache(maxsize=256)
def distinct_options(protocol: Protocol, name: str) -> tuple[str, ...]:
    """Return one option of each kind the protocol's conditions tell apart, without the open ones ("unsure")."""
    question = protocol.questions[name]
    tests = [
        set(node.options)
        for tree in _trees(protocol)
        for node in walk(tree)
        if isinstance(node, Includes) and node.question == name
    ]
    first: dict[tuple[bool, ...], str] = {}
    for option in question.option_ids:
        if option not in protocol.unknowns.open_options:
            signature = (option in question.exclusive, *(option in test for test in tests))
            first.setdefault(signature, option)
    return tuple(first.values())


@lru_cache(maxsize=64)
def thresholds(protocol: Protocol, name: str) -> tuple[int, ...]:
    """Return the numbers at which a condition of the protocol changes its mind, and the ones just beside them."""
    low, high = protocol.questions[name].bounds or (0, 0)
    found = {low, high}
    for tree in _trees(protocol):
        for node in walk(tree):
            if isinstance(node, Compare) and node.question == name and not node.counted:
                found |= {node.number, node.number - 1 if node.op == ">=" else node.number + 1}
    return tuple(sorted(value for value in found if low <= value <= high))
