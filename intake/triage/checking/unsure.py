"""Proves that "unsure" never lies above the worst definite answer of its question.

An unsure answer can only raise a case by a rule that fires on it, so every minimal way to fire a rule (ways.py) that
rests on one is looked at: the answer is replaced by each definite one, and the whole protocol judges. For a question
about context "unsure" is held to one tier above the answer that denies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..deciding.compiling import program_of
from ..deciding.counterfactuals import distinct_options
from ..errors import Defect
from ..reading.protocol import Protocol, Question, Urgency
from ..reading.resolving import questions_in
from .cases import Block
from .cliffs import answers_in_words
from .ways import Answers, Ways

DENIALS = ("no", "none", "never", "normal", "not_felt", "no_change")


@dataclass(frozen=True, slots=True)
class TooHigh:
    """Answers under which "unsure" lies too high. `definite`: the answer it is held against, with its tier."""

    question: str
    option: str
    answers: Answers
    tier: Urgency
    definite: Any
    definite_tier: Urgency

    def __str__(self) -> str:
        value = self.definite
        held = "/".join(value) if isinstance(value, list) else value
        return (
            f"{self.option!r} is {self.tier.word}, {held!r} only {self.definite_tier.word}, "
            f"with {answers_in_words(self.answers)}"
        )


def too_high(protocol: Protocol, blocks: Iterable[Block], rules: Iterable[str] = ()) -> Iterator[TooHigh]:
    """Find each red-flag question whose "unsure" lies above what its definite answers bring, each tier once.

    `rules` keeps the search to the ways of some of them.
    """
    ways, compare = Ways(protocol, blocks), Comparison(protocol)
    seen: set[tuple[str, str, Urgency, Urgency]] = set()
    opened = set(protocol.unknowns.open_options)
    for rule in rules or protocol.rules:
        for answers in ways.of(rule):
            for name, value in answers.items():
                question = protocol.questions[name]
                looked_at = question.red_flag and opened & set(value if isinstance(value, list) else [value])
                found = compare.of(question, answers) if looked_at else None
                if found and (kind := (found.question, found.option, found.tier, found.definite_tier)) not in seen:
                    seen.add(kind)
                    yield found


class Comparison:
    """Holds the open answer to a question against its definite ones, beside given other answers."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol, self.program = protocol, program_of(protocol)
        self.tiers = [rule.tier for rule in protocol.rules.values()]
        self.place = {name: place for place, name in enumerate(self.program.question_ids)}
        self.follow_ups: dict[str, list[str]] = {name: [] for name in protocol.questions}
        for question in protocol.questions.values():
            for opener in questions_in(question.asked_when.expression) if question.asked_when else ():
                self.follow_ups[opener].append(question.id)

    def of(self, question: Question, answers: Answers) -> TooHigh | None:
        """The open answer that lies too high, or None; also None where a definite answer leaves others unasked."""
        others = {name: value for name, value in answers.items() if name != question.id}
        without = self.tier(self.program.fires(others))
        for option in self.protocol.unknowns.open_options:
            if option in question.option_ids:
                unsure = {**others, question.id: [option] if question.takes_many else option}
                tier = self.tier(self.program.fires(unsure))
                found = self.held(question, unsure, tier, others) if tier > without else None
                if found:
                    return TooHigh(question.id, option, unsure, tier, *found)
        return None

    def held(self, question: Question, unsure: Answers, tier: Urgency, others: Answers) -> tuple[Any, Urgency] | None:
        """Return the definite answer that lies too far below, with its tier; None when unsure lies where it may."""
        asked = self.asked(unsure)
        worst: tuple[Any, Urgency] | None = None
        for value in self.definite(question):
            after = {**others, question.id: value}
            if asked & ~self.asked(after):
                return None
            could = self.worst_tier(question, after)
            if question.counts_as == "context" and _denies(value) and tier > could + 1:
                return value, could
            if worst is None or could > worst[1]:
                worst = value, could
        return worst if worst and tier > worst[1] else None

    def worst_tier(self, question: Question, answers: Answers) -> Urgency:
        """Return the highest tier these answers can bring, whatever is answered to what this question opens."""
        open_still = [name for name in self.follow_ups[question.id] if name not in answers]
        fired, could, _must = self.program.bound(answers, sum(1 << self.place[name] for name in open_still))
        return self.tier([*fired, *could])

    def asked(self, answers: Answers) -> int:
        """Return the answered questions that are asked, as bits."""
        return int(self.program.visible(answers)) & sum(1 << self.place[name] for name in answers)

    def tier(self, rules: Iterable[int]) -> Urgency:
        return max((self.tiers[rule] for rule in rules), default=Urgency.ROUTINE)

    def definite(self, question: Question) -> Iterator[Any]:
        """Each definite answer the protocol tells apart, one that denies first; of many options all at once too."""
        options = [option for option in question.option_ids if option in DENIALS]
        options += distinct_options(self.protocol, question.id)
        for option in dict.fromkeys(options):
            yield [option] if question.takes_many else option
        if question.takes_many:
            yield [option for option in question.option_ids if option not in question.exclusive]


def _denies(value: Any) -> bool:
    return (value[0] if isinstance(value, list) else value) in DENIALS


def unsure_too_high(protocol: Protocol, blocks: list[Block]) -> Iterator[Defect]:
    """Return the same as defects of the protocol."""
    for found in too_high(protocol, blocks):
        place = protocol.questions[found.question].place
        to_do = "Lower what fires on it, or raise what fires on the definite answer."
        yield Defect(place.file, place.line, found.question, str(found), to_do)
