"""What a loaded protocol is made of. Plain, immutable data; loading.py builds it, nothing changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import Place
from ..urgency import Urgency as Urgency
from .expressions import Expression, Fires, Includes, walk
from .wordings import Wording, Words


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as written and as read, with the place it stands at."""

    text: str
    expression: Expression
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the form. `pages_only`: it gathers pages late in the form and has no questions of its own."""

    id: str
    title: str
    pages_only: bool
    words: Words = field(compare=False, repr=False)

    def title_in(self, language: str) -> Wording:
        return self.words.get(f"sections.{self.id}", self.title, language)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen. `id` never changes; `label` is what the patient reads."""

    id: str
    label: str
    key: str = field(repr=False)
    words: Words = field(compare=False, repr=False)

    def label_in(self, language: str) -> Wording:
        return self.words.get(self.key, self.label, language)


@dataclass(frozen=True)
class Question:
    """One question. `type` is boolean, choice, multi_choice, body_map, scale_0_10, integer, date, short_text or
    long_text. `asked_when` is None for a question that is always asked. `bounds` are the least and greatest number.
    `counts_as`: sign (what the patient feels or has as a danger) or context (what surrounds it); empty in a stored
    protocol of before the two were told apart.
    """

    id: str
    section: str
    type: str
    required: bool
    red_flag: bool
    counts_as: str
    text: str
    help: str
    options: tuple[Option, ...]
    exclusive: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    asked_when: Condition | None
    bounds: tuple[int, int] | None
    place: Place = field(compare=False)
    words: Words = field(compare=False, repr=False)

    @property
    def takes_many(self) -> bool:
        return self.type in ("multi_choice", "body_map")

    @property
    def is_number(self) -> bool:
        return self.type in ("integer", "scale_0_10")

    @cached_property
    def option_ids(self) -> tuple[str, ...]:
        """Return the ids a condition may name: the options, or true and false for a boolean question."""
        return tuple(option.id for option in self.options) or (("true", "false") if self.type == "boolean" else ())

    @cached_property
    def _by_id(self) -> dict[str, Option]:
        return {option.id: option for option in self.options}

    def option(self, option_id: str) -> Option:
        """Return the option with this id; KeyError when the question has none."""
        return self._by_id[option_id]

    def text_in(self, language: str) -> Wording:
        """Return the question in a language, or in English with `.is_fallback` True."""
        return self.words.get(f"questions.{self.id}.text", self.text, language)

    def help_in(self, language: str) -> Wording:
        return self.words.get(f"questions.{self.id}.help", self.help, language)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the questionnaire. `id` is a stable slug; a page with no visible question is skipped."""

    id: str
    section: str
    questions: tuple[str, ...]
    title: str
    place: Place = field(compare=False)


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

    `digest` (64 hex digits) is its version: same content, same digest.
    """

    folder: Path
    digest: str
    title: str
    version_label: str
    status: str
    sections: tuple[Section, ...]
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

    @property
    def specialists(self) -> Mapping[str, str]:
        return self.routing.specialists

    def specialist_in(self, specialist: str, language: str) -> Wording:
        """Return the label of a specialist id in a language."""
        return self.words.get(f"specialists.{specialist}", self.specialists[specialist], language)
