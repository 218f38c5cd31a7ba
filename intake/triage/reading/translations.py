"""Translations of what patients read: reading them, finding what is missing or stale, keeping their digests.

Beside a protocol stands one folder for each language (`es/`), and in it one file for each English file that patients
read words of, with the same ids and the texts only. `made_from.yaml` in that folder holds for each string the digest
of the English text it was made from; while the two differ the translation is stale and patients read the English text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from ..errors import Defect
from .files import Entry, Refused, compose
from .protocol import Protocol
from .wordings import LANGUAGES, Translation, Wording, Words, english_digest

BINDING = "made_from.yaml"
REVIEWED = "reviewed"  # the one key of a file that is no words for patients
TEXT = "tag:yaml.org,2002:str"
MADE_FROM_NOTE = """# The digest of the English text each translation was made from. Written by a command, not by hand:
# a line here says that the translation was read against that English text.
"""


@dataclass(frozen=True, slots=True)
class EnglishText:
    """A string patients read. `question` is the id of the question it belongs to, or empty. `safety`: it belongs to
    a red-flag question or to the advice for a tier, so a protocol is not activated while its translation is stale."""

    key: str
    text: str
    file: str
    question: str = ""
    safety: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """One string without a current translation. `kind`: missing, stale, signs (a {placeholder} was lost) or unknown
    (a translation of something the protocol no longer has)."""

    kind: str
    key: str
    question: str
    safety: bool
    file: str
    line: int
    english: str

    def defect(self) -> Defect:
        """Return the gap as the checker reports it: file, line, what is wrong, what to do."""
        about = f"question {self.question}" if self.question else self.key
        wrong, to_do = {
            "missing": ("is not translated", "Translate it."),
            "stale": ("has changed in English since it was translated", "Read it again, then refresh its digest."),
            "signs": ("does not have the same {placeholders} as the English text", "Put them back."),
            "unknown": ("is translated but not in the protocol", "Remove the line."),
        }[self.kind]
        return Defect(self.file, self.line, self.key, f"{about}: {self.english!r} {wrong}", to_do)


def load_words(folder: Path, defects: list[Defect]) -> Words:
    """Return the translations beside a protocol, by the path of each string in its file (see Words for the keys).

    A folder with a file that cannot be read is reported in `defects`.
    """
    languages: dict[str, dict[str, Translation]] = {}
    reviews: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        languages[language], reviews[language] = {}, {}
        try:
            made_from = _made_from(folder, language)
            for path in _files(folder, language):
                file = path.relative_to(folder).as_posix()
                entry = Entry(compose(path, file), file)
                reviews[language][file] = _reviewed(entry)
                languages[language] |= {text.key: text.bound(made_from) for text in _texts(entry)}
        except Refused as refused:
            defects.append(refused.defect)
    return Words(languages, reviews)


def english_texts(protocol: Protocol) -> Iterator[EnglishText]:  # noqa: C901
    """Every string of the protocol that patients read, in the order of its files, with the file of its translation."""
    for section in protocol.sections:
        yield EnglishText(f"sections.{section.id}", section.title, "protocol.yaml")
    for step in protocol.steps:
        yield EnglishText(f"steps.{step.id}", step.title, "protocol.yaml")
    for region, label in protocol.body_map.region_labels.items():
        yield EnglishText(f"regions.{region}", label, "body_map.yaml", "pain_regions", safety=True)
    for question in protocol.questions.values():
        file, about = f"questions/{question.section}.yaml", (question.id, question.red_flag)
        yield EnglishText(f"questions.{question.id}.text", question.text, file, *about)
        if question.help:
            yield EnglishText(f"questions.{question.id}.help", question.help, file, *about)
        for heading in question.headings:
            yield EnglishText(heading.key, heading.text, file, *about)
        where = "body_map.yaml" if question.type == "body_map" else file
        for option in question.options:
            yield EnglishText(option.key, option.label, where, *about)
    for word, tier in protocol.wording.tiers.items():
        yield EnglishText(f"tiers.{word}.say", tier.say, "wording.yaml", safety=True)
        if tier.say_self_harm:
            yield EnglishText(f"tiers.{word}.say_self_harm", tier.say_self_harm, "wording.yaml", safety=True)
    yield EnglishText("everyone", protocol.wording.everyone, "wording.yaml", safety=True)
    for sign in protocol.wording.listed_signs.values():
        yield EnglishText(sign.key, sign.text, "wording.yaml", safety=True)
    for care in protocol.wording.self_care.values():
        yield EnglishText(care.key, care.text, "wording.yaml")
    for specialist, label in protocol.specialists.items():
        yield EnglishText(f"specialists.{specialist}", label, "routing.yaml")


def text_in(protocol: Protocol, key: str, language: str) -> Wording:
    """Return a string by its key in a language, or in English with `.is_fallback` True. KeyError for an unknown key."""
    for english in english_texts(protocol):
        if english.key == key:
            return protocol.words.get(key, english.text, language)
    raise KeyError(key)


def gaps(protocol: Protocol, language: str = "es") -> list[Gap]:
    """Return what keeps a language from being complete; empty when every string has a current translation."""
    found, translated = [], dict(protocol.words.translations.get(language, {}))
    for english in english_texts(protocol):
        translation = translated.pop(english.key, None)
        kind = _kind(english.text, translation)
        if kind:
            file, line = (translation.file, translation.line) if translation else (f"{language}/{english.file}", 0)
            found.append(Gap(kind, english.key, english.question, english.safety, file, line, english.text))
    for key, left in translated.items():
        found.append(Gap("unknown", key, "", False, left.file, left.line, key))
    return found


def missing(protocol: Protocol, language: str = "es") -> list[Gap]:
    """Return the strings without a translation."""
    return [gap for gap in gaps(protocol, language) if gap.kind == "missing"]


def stale(protocol: Protocol, language: str = "es") -> list[Gap]:
    """Return the strings whose English text has changed since they were translated."""
    return [gap for gap in gaps(protocol, language) if gap.kind == "stale"]


def defects(protocol: Protocol) -> list[Defect]:
    """Return what refuses activation: red-flag questions and advice that patients would not read in their language."""
    return [gap.defect() for language in LANGUAGES for gap in gaps(protocol, language) if gap.safety]


def refresh_digests(protocol: Protocol, keys: Collection[str] = (), language: str = "es") -> list[str]:
    """Says that translations were made from the English texts of today; the keys written are returned.

    A string that has no digest yet gets one. A stale one only when it is named in `keys`: naming it says that its
    translation was read against the new English text. Writes `made_from.yaml` below `protocol.folder`, without the
    strings that are gone. Work from a protocol loaded after the last change of its files.
    """
    english = {text.key: text.text for text in english_texts(protocol)}
    found = [
        text
        for path in _files(protocol.folder, language)
        for text in _texts(Entry(compose(path, path.name), path.relative_to(protocol.folder).as_posix()))
        if text.key in english
    ]
    before = _made_from(protocol.folder, language)
    after = {
        text.key: english_digest(english[text.key]) if text.key not in before or text.key in keys else before[text.key]
        for text in found
    }
    if after != before:
        lines = [MADE_FROM_NOTE, *(f'{key}: "{digest}"' for key, digest in after.items()), ""]
        (protocol.folder / language / BINDING).write_text("\n".join(lines), "utf-8")
    return [key for key, digest in after.items() if before.get(key) != digest]


def _kind(english: str, translation: Translation | None) -> str:
    if translation is None:
        return "missing"
    if translation.of != english_digest(english):
        return "stale"
    return "" if english.count("{signs}") == translation.text.count("{signs}") else "signs"


@dataclass(frozen=True, slots=True)
class _Text:
    key: str
    text: str
    file: str
    line: int

    def bound(self, made_from: Mapping[str, str]) -> Translation:
        return Translation(self.text, made_from.get(self.key, ""), self.file, self.line)


def _files(folder: Path, language: str) -> list[Path]:
    return [path for path in sorted((folder / language).rglob("*.yaml")) if path.name != BINDING]


def _made_from(folder: Path, language: str) -> dict[str, str]:
    file = f"{language}/{BINDING}"
    if not (folder / file).exists():
        return {}
    return Entry(compose(folder / file, file), file).text_mapping()


def _reviewed(entry: Entry) -> str:
    """Who reviewed the file and when; empty while nobody has (`reviewed: null`)."""
    if entry.has(REVIEWED) and entry.nodes[REVIEWED].tag.endswith(":null"):
        return ""
    return entry.text(REVIEWED)


def _texts(entry: Entry) -> Iterator[_Text]:
    for path, node in _leaves(entry.node, ()):
        if path == (REVIEWED,):
            continue
        key = ".".join(path)
        if node.tag != TEXT or not node.value.strip():
            raise entry.refuse(f"{key!r} needs a text", "Write it, in quotes.", node)
        yield _Text(key, " ".join(node.value.split()), entry.file, node.start_mark.line + 1)


def _leaves(node: yaml.Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        yield path, node
        return
    for key, value in node.value:
        yield from _leaves(value, (*path, key.value))
