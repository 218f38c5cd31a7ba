"""Words in a language, with a fallback that can be seen, and translations bound to their English text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from .errors import Defect
from .files import Entry, Refused, compose

LANGUAGES = ("es",)
BINDING = "made_from.yaml"


class Wording(str):
    """A text that knows its language. `is_fallback` is True when the asked-for language has no current text and
    the English one stands in."""

    language: str
    is_fallback: bool

    def __new__(cls, text: str, language: str = "en", *, is_fallback: bool = False) -> Wording:
        wording = super().__new__(cls, text)
        wording.language = language
        wording.is_fallback = is_fallback
        return wording


@dataclass(frozen=True, slots=True)
class Translation:
    """A text, where it stands, and the digest of the English text it was made from ("" while not bound)."""

    text: str
    of: str
    file: str
    line: int


@dataclass(frozen=True)
class Words:
    """Translations by language and key. A bound text counts only while its English text is unchanged.

    The key is the path in the files: sections.<id>, questions.<id>.text, questions.<id>.help,
    questions.<id>.options.<option>, places.<region_side>, specialists.<id>, tiers.<tier>.say,
    tiers.<tier>.say_self_harm, everyone, listed_signs.<id>, self_care.<id>.
    """

    translations: Mapping[str, Mapping[str, Translation]] = field(default_factory=dict)

    def get(self, key: str, english: str, language: str) -> Wording:
        if language == "en" or not english:
            return Wording(english)
        found = self.translations.get(language, {}).get(key)
        if found is None or (found.of and found.of != english_digest(english)):
            return Wording(english, is_fallback=True)
        return Wording(found.text, language)


@lru_cache(maxsize=4096)
def english_digest(text: str) -> str:
    """Twelve hex digits that change when the English text changes; white space does not count."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def load_words(folder: Path, defects: list[Defect]) -> Words:
    """The translations beside a protocol: a folder per language whose files mirror the English ones, texts only.

    `made_from.yaml` in that folder binds every key to the digest of the English text it was translated from.
    """
    languages: dict[str, dict[str, Translation]] = {}
    for language in LANGUAGES:
        texts = languages.setdefault(language, {})
        made_from: dict[str, str] = {}
        paths = sorted((folder / language).rglob("*.yaml"))
        try:
            if folder / language / BINDING in paths:
                name = f"{language}/{BINDING}"
                made_from = Entry(compose(folder / name, name), name).text_mapping()
            for path in paths:
                if path.name != BINDING:
                    name = path.relative_to(folder).as_posix()
                    for key, text, line in _texts(compose(path, name), ""):
                        texts[key] = Translation(text, made_from.get(key, "" if not made_from else "-"), name, line)
        except Refused as refused:
            defects.append(refused.defect)
    return Words(languages)


def _texts(node: yaml.Node, path: str) -> Iterator[tuple[str, str, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _texts(value, f"{path}.{key.value}" if path else str(key.value))
    elif isinstance(node, yaml.ScalarNode):
        yield path, " ".join(str(node.value).split()), node.start_mark.line + 1
