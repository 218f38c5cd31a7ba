"""What a patient is asked: questions with their options, on pages, under sections and steps. Plain, immutable data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..errors import Place
from .expressions import Expression
from .wordings import Wording, Words

LONG = 12  # options; a list with more of them stands under its headings


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as written and as read, with the place it stands at."""

    text: str
    expression: Expression
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the form.

    `pages_only`: it gathers pages late in the form and has no questions of its own.
    """

    id: str
    title: str
    pages_only: bool
    words: Words = field(compare=False, repr=False)

    def title_in(self, language: str) -> Wording:
        return self.words.get(f"sections.{self.id}", self.title, language)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the whole way, of some sections in a row.

    Patients are told how many there are and where they stand.
    """

    id: str
    title: str
    sections: tuple[str, ...]
    words: Words = field(compare=False, repr=False)

    def title_in(self, language: str) -> Wording:
        return self.words.get(f"steps.{self.id}", self.title, language)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen.

    `id` never changes; `label` is what the patient reads.

    `shown_when`: for whom it is listed (None: everybody). Rules know nothing of it; `checking/hiding.py` proves that
    nothing hangs on an option for those who do not see it.
    """

    id: str
    label: str
    key: str = field(repr=False)
    words: Words = field(compare=False, repr=False)
    shown_when: Condition | None = None

    def label_in(self, language: str) -> Wording:
        return self.words.get(self.key, self.label, language)


@dataclass(frozen=True, slots=True)
class Heading:
    """A few words over some options of a long list.

    `folded`: they are opened by whom its words tell to look.
    """

    text: str
    options: tuple[str, ...]
    key: str = field(repr=False)
    words: Words = field(compare=False, repr=False)
    folded: bool = False

    def text_in(self, language: str) -> Wording:
        return self.words.get(self.key, self.text, language)


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
    headings: tuple[Heading, ...] = ()

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

    def headings_over(self, listed: Collection[str]) -> tuple[Heading, ...]:
        """Return the headings of a list that holds these options: a short one needs none."""
        return self.headings if len(listed) > LONG else ()

    def text_in(self, language: str) -> Wording:
        """Return the question in a language, or in English with `.is_fallback` True."""
        return self.words.get(f"questions.{self.id}.text", self.text, language)

    def help_in(self, language: str) -> Wording:
        return self.words.get(f"questions.{self.id}.help", self.help, language)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the questionnaire.

    `id` is a stable slug; a page with no visible question is skipped.
    """

    id: str
    section: str
    questions: tuple[str, ...]
    title: str
    place: Place = field(compare=False)
