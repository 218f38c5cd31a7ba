"""Finds cliffs: one change of context, or one sign less, that takes a patient down two tiers or more.

For each emergency and urgent rule and each minimal way to fire it (ways.py) one context answer is changed to every
other value its question has, and where several signs are needed one is left out or replaced; the whole protocol
judges again. An answer to a question that is then no longer asked does not count, as everywhere else.

Two kinds of way are passed over. One without any sign holds by its context alone: there the context is the disease,
and nothing is left that could count without it. One that rests on "unsure" belongs to unsure.py. Two kinds of change
are too: of an answer that only makes another question visible, and of a place where a sign of the way is not asked
about. Who is asked what is proved by cases/asked.yaml.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..deciding.compiling import program_of
from ..deciding.counterfactuals import distinct_options, nothing_of, thresholds
from ..reading.expressions import Compare, Expression, Fact, Fires, Includes, walk
from ..reading.protocol import Protocol, Question, Rule, Urgency
from .cases import Block
from .ways import Answers, Ways

FALL = 2  # tiers; a context may lower by one
WIDE = 10  # regions; a body-map group of more is half a body, and pain elsewhere in it another complaint
Fall = tuple[str, Answers, Urgency]  # the question changed, the answers then, and their tier


@dataclass(frozen=True, slots=True)
class Cliff:
    """One answer changed, and how far the patient falls. `before` and `after` are the two whole sets of answers."""

    rule: str
    question: str
    role: str
    before: Answers
    after: Answers
    tier_before: Urgency
    tier_after: Urgency

    @property
    def change(self) -> str:
        """Say the change as “question: what goes → what comes”."""
        was, now = self.before.get(self.question), self.after.get(self.question)
        if isinstance(was, list) and isinstance(now, list):
            was, now = [one for one in was if one not in now], [one for one in now if one not in was]
        return f"{self.question}: {_said(was)} → {_said(now)}"

    @property
    def fall(self) -> str:
        return f"{self.tier_before.word} falls to {self.tier_after.word}"

    def __str__(self) -> str:
        return f"{self.role} {self.change}: {self.fall}, with {answers_in_words(self.before)}"


def cliffs(protocol: Protocol, blocks: Iterable[Block], rules: Container[str] | None = None) -> Iterator[Cliff]:
    """Find every cliff of a protocol: each rule and change once, with the first way that shows it.

    `rules` keeps the search to some of them.
    """
    search = _CliffSearch(protocol, blocks)
    for rule in protocol.rules.values():
        if rule.tier >= Urgency.URGENT and (rules is None or rule.id in rules):
            yield from search.of(rule)


def answers_in_words(answers: Answers) -> str:
    return ", ".join(f"{name}: {_said(value)}" for name, value in answers.items()) or "no answer"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "/".join(value) or "nothing"
    return "not answered" if value is None else str(value)


class _CliffSearch:
    def __init__(self, protocol: Protocol, blocks: Iterable[Block]) -> None:
        self.protocol, self.program = protocol, program_of(protocol)
        self.ways = Ways(protocol, blocks)
        self.opened = set(protocol.unknowns.open_options)
        self.contexts: dict[str, list[str]] = {}
        self.groups: dict[str, list[tuple[str, ...]]] = {}

    def of(self, rule: Rule) -> Iterator[Cliff]:
        self.read(rule)
        seen: set[tuple[str, ...]] = set()
        for answers in self.ways.of(rule.id):
            signs = self.signs(answers)
            if not signs or self.rests_on_unsure(answers) or self.ways.tier(answers) != rule.tier:
                continue  # where a higher rule fires too, its own search looks at these answers
            for name, after, tier in (*self.other_context(rule, answers), *self.one_sign_less(rule, answers, signs)):
                role = self.protocol.questions[name].counts_as
                found = Cliff(rule.id, name, role, answers, after, rule.tier, tier)
                kind = self.kind(name, answers.get(name), after.get(name))
                if kind not in seen:
                    seen.add(kind)
                    yield found

    def kind(self, name: str, was: Any, now: Any) -> tuple[str, ...]:
        """Return what two changes have in common that a clinician would weigh as one."""
        question = self.protocol.questions[name]
        if question.is_number:
            return (name, "more" if was is not None and now is not None and now > was else "less")
        if not isinstance(was, list):
            return (name, str(now))
        came = [one for one in now or () if one not in was and one not in question.exclusive]
        return (name, *sorted(set(was) - set(now or ())), "→", *came)

    def signs(self, answers: Answers) -> list[tuple[str, Any]]:
        """Return each sign of a way: the question and the option or value."""
        return [
            (name, option)
            for name, value in answers.items()
            if self.protocol.questions[name].counts_as == "sign"
            for option in (value if isinstance(value, list) else [value])
        ]

    def rests_on_unsure(self, answers: Answers) -> bool:
        given = [value if isinstance(value, list) else [value] for value in answers.values()]
        return any(option in self.opened for value in given for option in value)

    def fall(self, rule: Rule, answers: Answers) -> Urgency | None:
        """Return the tier of these answers, when it lies two below the rule's."""
        tier = self.ways.tier(answers)
        return tier if rule.tier - tier >= FALL else None

    # ------------------------------------------------------------------ context

    def other_context(self, rule: Rule, answers: Answers) -> Iterator[Fall]:
        """Each fall by another answer to a context question the rule reads, whether the way answers it or not."""
        for name in self.movable(rule, answers):
            question = self.protocol.questions[name]
            for value in self.other_values(rule, question, answers.get(name)):
                after = {**answers, name: value}
                elsewhere = question.type == "body_map" and not all(self.ways.is_asked(after))
                tier = None if elsewhere else self.fall(rule, after)
                if tier is not None:
                    yield name, after, tier

    def movable(self, rule: Rule, answers: Answers) -> list[str]:
        """Return the context questions the rule reads, without those no answer to which can bring the patient down."""
        context = self.contexts[rule.id]
        not_given = [name for name in context if name not in answers]
        if self.stands(rule, answers, not_given):
            context = [name for name in context if name in answers]
        return [name for name in context if not self.stands(rule, answers, [name])]

    def stands(self, rule: Rule, answers: Answers, names: list[str]) -> bool:
        """Say whether a rule at most one tier below fires whatever is answered to these questions."""
        opened = sum(1 << self.program.question_ids.index(name) for name in names)
        _fired, _could, must = self.program.bound(answers, opened)
        return any(rule.tier - self.ways.tiers[place] < FALL for place in must)

    def other_values(self, rule: Rule, question: Question, given: Any) -> Iterator[Any]:
        if question.is_number:
            numbers = [number for number in thresholds(self.protocol, question.id) if number != given]
            yield from sorted(numbers, key=lambda number: abs(number - (given or 0)))
        elif question.type == "choice":
            yield from (option for option in self.options(question) if option != given)
        elif question.type == "body_map":
            yield from self.other_places(rule, question, given or [])
        elif question.takes_many:
            yield from self.other_lists(question, given or [])

    def options(self, question: Question) -> list[str]:
        """Return one option of each kind the protocol tells apart, the open ones too."""
        told_apart = distinct_options(self.protocol, question.id)
        return [option for option in question.option_ids if option in told_apart or option in self.opened]

    def other_lists(self, question: Question, given: list[str]) -> Iterator[list[str]]:
        """The list with one option less, one that stands alone instead, or one more."""
        for option in given:
            rest = [other for other in given if other != option] or nothing_of(question)
            if rest and rest != given:
                yield rest
        for option in self.options(question):
            if option in given:
                continue
            if option in question.exclusive or set(given) & set(question.exclusive):
                yield [option]
            else:
                yield [other for other in question.option_ids if other in given or other == option]

    def other_places(self, rule: Rule, question: Question, given: list[str]) -> Iterator[list[str]]:
        """Move one place of the list inside a group of the body map the rule reads."""
        for place in given:
            for other in neighbors(place, self.groups[rule.id]):
                if other not in given:
                    moved = {other, *given} - {place}
                    yield [option for option in question.option_ids if option in moved]

    def read(self, rule: Rule) -> None:
        """Keep the context questions and the groups of places the rule itself reads."""
        context: dict[str, None] = {}
        groups: dict[tuple[str, ...], None] = {}
        for node in self.nodes(rule.fires_when.expression):
            question = self.protocol.questions[node.question]
            if question.counts_as == "context":
                context[question.id] = None
            if question.type != "body_map" or not isinstance(node, Includes) or not node.group:
                continue
            if len({_region(place) for place in node.options}) <= WIDE:
                groups[node.options] = None
        self.contexts[rule.id], self.groups[rule.id] = list(context), list(groups)

    def nodes(self, tree: Expression) -> Iterator[Includes | Compare]:
        """Return the tests of a condition, facts and rules opened."""
        for node in walk(tree):
            if isinstance(node, Includes | Compare):
                yield node
            elif isinstance(node, Fact):
                yield from self.nodes(self.protocol.facts[node.name].when.expression)
            elif isinstance(node, Fires):
                yield from self.nodes(self.protocol.rules[node.rule].fires_when.expression)

    # ------------------------------------------------------------------ signs

    def one_sign_less(self, rule: Rule, answers: Answers, signs: list[tuple[str, Any]]) -> list[Fall]:
        """Return each fall by a sign left out or replaced, where no sign of the way holds without the others.

        One sign may carry the way alone: with it the danger is gone, and what is left beside it never was one.
        """
        if len(signs) < 2:
            return []
        falls = [next(self.without(rule, answers, name, option), None) for name, option in signs]
        lost = [fall for fall in falls if fall is not None]
        return lost if len(lost) > 1 else []

    def without(self, rule: Rule, answers: Answers, name: str, option: Any) -> Iterator[Fall]:
        for value in self.instead(self.protocol.questions[name], answers[name], option):
            after = {other: given for other, given in {**answers, name: value}.items() if given is not None}
            hides_another = not all(self.ways.is_asked(after))
            tier = None if hides_another else self.fall(rule, after)
            if tier is not None:
                yield name, after, tier

    def instead(self, question: Question, given: Any, option: Any) -> Iterator[Any]:
        """What may stand where a sign stood: the rest of the list or the answer that denies it, or another sign."""
        others = [other for other in distinct_options(self.protocol, question.id) if other != option]
        if not isinstance(given, list):
            yield from (other for other in others if question.type == "choice")
            yield None
            return
        rest = [other for other in given if other != option]
        yield rest or nothing_of(question) or None
        for other in others:
            if other not in given and other not in question.exclusive:
                yield [one for one in question.option_ids if one in rest or one == other]


def neighbors(place: str, groups: list[tuple[str, ...]]) -> list[str]:
    """Return one place of each other region that shares a group with this one, on the same side where there is one."""
    side = place.rsplit("_", 1)[1]
    found: dict[str, str] = {}
    for group in groups:
        for other in group if place in group else ():
            region = _region(other)
            if region != _region(place) and (region not in found or other.endswith(f"_{side}")):
                found[region] = other
    return list(found.values())


def _region(place: str) -> str:
    return place.rsplit("_", 1)[0]
