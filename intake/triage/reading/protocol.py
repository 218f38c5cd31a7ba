"""What a loaded protocol is made of. Plain, immutable data; loading.py builds it, nothing changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import Place
from ..urgency import Urgency as Urgency
from .asked import Condition as Condition
from .asked import Heading as Heading
from .asked import Option as Option
from .asked import Page as Page
from .asked import Question as Question
from .asked import Section as Section
from .asked import Step as Step
from .expressions import Fires, Includes, walk
from .wordings import Wording, Words


@dataclass(frozen=True, slots=True)
class NamedFact:
    id: str
    when: Condition
    means: str


@dataclass(frozen=True, slots=True)
class Source:
    id: str
    citation: str


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of a routing row: to whom, on which condition (None: always), and why."""

    to: str
    when: Condition | None
    because: str


@dataclass(frozen=True, slots=True)
class Lookalike:
    """What a rule must not fire on. `present_when` tells from the answers that it is there, beside the rule's own
    reasons or not; None where no answer tells it, or where it is the opposite of the rule."""

    text: str
    present_when: Condition | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A red-flag rule. `refer_to`: specialist ids, first choice first; empty when a clinician's call decides.
    Each of `refer_first` goes before them while its condition holds."""

    id: str
    tier: Urgency
    condition: str
    fires_when: Condition
    must_not_fire_on: tuple[Lookalike, ...]
    destination: str
    refer_to: tuple[str, ...]
    refer_first: tuple[Way, ...]
    why: str
    source_ids: tuple[str, ...]
    place: Place = field(compare=False)


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


@dataclass(frozen=True, slots=True)
class Weight:
    """Points that count when the condition holds; negative points argue against."""

    points: int
    when: Condition


@dataclass(frozen=True, slots=True)
class Origin:
    id: str
    label: str
    note: str
    source_ids: tuple[str, ...]
    evidence: tuple[Weight, ...]
    set_by_rules: tuple[str, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Discriminator:
    """Nerve against muscle and joint: the points of both sides and how the share is read."""

    nerve: tuple[Weight, ...]
    musculoskeletal: tuple[Weight, ...]
    compare_from: int
    mainly_from: int
    mixed_from: int
    mixed_origin: str
    mixed_points: int


@dataclass(frozen=True, slots=True)
class Row:
    """Routing of one origin. `with_nerve_first` adds the first choice of the best nerve origin."""

    first: tuple[Way, ...]
    also: tuple[Way, ...]
    pt_alone_when: str
    escalate_when: str
    with_nerve_first: bool


@dataclass(frozen=True, slots=True)
class Routing:
    specialists: Mapping[str, str]
    otherwise: Way
    rows: Mapping[str, Row]
    nerve_origins: tuple[str, ...]
    always_listed_origins: tuple[str, ...]
    additions: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Level:
    id: str
    supports: tuple[Weight, ...]
    weakens: tuple[Condition, ...]
    ask: str


@dataclass(frozen=True, slots=True)
class NerveLevels:
    shown_with: str
    within: int
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class HoldRule:
    """What to hold back while any of the rules fires, or while the answers make `when` true."""

    id: str
    text: str
    rules: tuple[str, ...]
    when: Condition | None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """One row of the list of unknowns: what an unsure answer leads to. `raises` is empty for a note."""

    id: str
    when: Condition
    raises: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Unknowns:
    open_options: tuple[str, ...]
    not_checked_options: tuple[str, ...]
    strength_tests: tuple[str, ...]
    rows: tuple[UnknownRow, ...]


@dataclass(frozen=True, slots=True)
class TierWords:
    """What a patient is told in a tier. {signs} stands for the listed signs of the areas they marked."""

    tier: Urgency
    say: str
    say_self_harm: str
    self_harm_when: Condition | None
    words: Words = field(compare=False, repr=False)

    def say_in(self, language: str, *, self_harm: bool = False) -> Wording:
        key = "say_self_harm" if self_harm else "say"
        return self.words.get(f"tiers.{self.tier.word}.{key}", getattr(self, key), language)


@dataclass(frozen=True, slots=True)
class Advice:
    """A text shown when `show_when` holds (None: always) and `hide_when` does not."""

    key: str
    id: str
    text: str
    show_when: Condition | None
    hide_when: Condition | None
    words: Words = field(compare=False, repr=False)

    def text_in(self, language: str) -> Wording:
        return self.words.get(self.key, self.text, language)


@dataclass(frozen=True)
class PatientWords:
    """The patient's words. `tiers` by tier word; `listed_signs` and `self_care` by id; of the self-care that fits, the
    first `self_care_most` are shown (None: all, as in earlier protocols)."""

    tiers: Mapping[str, TierWords]
    everyone: str
    listed_signs: Mapping[str, Advice]
    self_care: Mapping[str, Advice]
    self_care_most: int | None
    treatments: tuple[str, ...]
    treatment_note: str
    words: Words = field(compare=False, repr=False)

    @cached_property
    def self_harm_rules(self) -> frozenset[str]:
        """Ids of the rules about thoughts of self-harm, of every tier: they name another number to call."""
        conditions = [tier.self_harm_when for tier in self.tiers.values() if tier.self_harm_when]
        return frozenset(
            part.rule for condition in conditions for part in walk(condition.expression) if isinstance(part, Fires)
        )

    def everyone_in(self, language: str) -> Wording:
        return self.words.get("everyone", self.everyone, language)

    def tier_in(
        self, urgency: Urgency, language: str, *, signs: tuple[str, ...], self_harm: bool = False, listed_as: str = ""
    ) -> Wording:
        """The message of a tier with the listed signs (ids) filled in; `listed_as` stands for them in a message whose
        page lists them beside it (see `signs_in`).
        """
        message = self.tiers[urgency.word].say_in(language, self_harm=self_harm)
        named = self.signs_in(signs, language)
        fallback = message.is_fallback or any(text.is_fallback for text in named)
        return Wording(
            message.replace("{signs}", listed_as or "; ".join(named)), message.language, is_fallback=fallback
        )

    def signs_in(self, signs: tuple[str, ...], language: str) -> tuple[Wording, ...]:
        """Return what to watch for, one text for each area of the body."""
        return tuple(self.listed_signs[sign].text_in(language) for sign in signs)


@dataclass(frozen=True)
class BodyMap:
    """`regions` maps a region to its sides; `region_labels` and `groups` complete it."""

    regions: Mapping[str, tuple[str, ...]]
    region_labels: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Protocol:
    """A loaded protocol.

    `digest` (64 hex digits) is its version: same content, same digest. `steps` is empty in a protocol stored before
    there were any. `whole` is the protocol this one is a shorter form of, None of one that is whole.
    """

    folder: Path
    digest: str
    title: str
    version_label: str
    status: str
    sections: tuple[Section, ...]
    steps: tuple[Step, ...]
    questions: Mapping[str, Question]
    pages: tuple[Page, ...]
    body_map: BodyMap
    facts: Mapping[str, NamedFact]
    rules: Mapping[str, Rule]
    alarms: tuple[Alarm, ...]
    origins: Mapping[str, Origin]
    discriminator: Discriminator
    routing: Routing
    levels: NerveLevels
    holds: tuple[HoldRule, ...]
    unknowns: Unknowns
    wording: PatientWords
    sources: Mapping[str, Source]
    words: Words = field(repr=False)
    content: Mapping[str, Any] = field(repr=False)
    whole: Protocol | None = field(default=None, repr=False)

    @property
    def specialists(self) -> Mapping[str, str]:
        return self.routing.specialists

    def specialist_in(self, specialist: str, language: str) -> Wording:
        """Return the label of a specialist id in a language."""
        return self.words.get(f"specialists.{specialist}", self.specialists[specialist], language)
