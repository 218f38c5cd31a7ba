"""Words in a language, with a fallback that can be seen, and translations bound to their English text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from .errors import Defect
from .files import Entry, Refused, compose

LANGUAGES = ("es",)


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
    """A text and the digest of the English text it was made from."""

    of: str
    text: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Words:
    """Translations by language and key. A text counts only while its English text is unchanged."""

    translations: Mapping[str, Mapping[str, Translation]] = field(default_factory=dict)

    def get(self, key: str, english: str, language: str) -> Wording:
        if language == "en" or not english:
            return Wording(english)
        found = self.translations.get(language, {}).get(key)
        if found is None or found.of != english_digest(english):
            return Wording(english, is_fallback=True)
        return Wording(found.text, language)


@lru_cache(maxsize=4096)
def english_digest(text: str) -> str:
    """Twelve hex digits that change when the English text changes; white space does not count."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def load_words(folder: Path, defects: list[Defect]) -> Words:
    """The translations beside a protocol: folders named by language, files of `key: {of: digest, text: ...}`.

    Keys: section.<id>.title, question.<id>.text, question.<id>.help, option.<question>.<option>,
    wording.tiers.<tier>.say, wording.tiers.<tier>.say_self_harm, wording.everyone, wording.listed_signs.<id>,
    wording.self_care.<id>.
    """
    languages: dict[str, dict[str, Translation]] = {}
    for language in LANGUAGES:
        texts = languages.setdefault(language, {})
        for path in sorted((folder / language).glob("*.yaml")):
            name = path.relative_to(folder).as_posix()
            try:
                for key, entry in Entry(compose(path, name), name).mapping():
                    texts[key] = Translation(entry.text("of"), entry.text("text"), name, entry.line)
                    entry.finish()
            except Refused as refused:
                defects.append(refused.defect)
    return Words(languages)
