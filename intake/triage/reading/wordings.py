"""Words in a language, with a fallback that can be seen, and translations bound to their English text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

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
    """A text, where it stands, and the digest of the English text it was made from ("" while not bound)."""

    text: str
    of: str
    file: str
    line: int


@dataclass(frozen=True)
class Words:
    """Translations by language and key. A text counts only while the English text it was made from is unchanged.

    The key is the path in the files: sections.<id>, steps.<id>, regions.<id>, questions.<id>.text,
    questions.<id>.help, questions.<id>.headings.<heading>, questions.<id>.options.<option>,
    places.<region_side>, specialists.<id>, tiers.<tier>.say, tiers.<tier>.say_self_harm, everyone,
    listed_signs.<id>, self_care.<id>.
    `reviews`: for each language and file, which qualified translator reviewed it and when; empty while nobody has.
    """

    translations: Mapping[str, Mapping[str, Translation]] = field(default_factory=dict)
    reviews: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def is_reviewed(self, language: str) -> bool:
        """Say whether a qualified translator has reviewed every file of the language. English is the source."""
        files = self.reviews.get(language, {})
        return language == "en" or (bool(files) and all(files.values()))

    def get(self, key: str, english: str, language: str) -> Wording:
        if language == "en" or not english:
            return Wording(english)
        found = self.translations.get(language, {}).get(key)
        if found is None or found.of != english_digest(english):
            return Wording(english, is_fallback=True)
        return Wording(found.text, language)


@lru_cache(maxsize=4096)
def english_digest(text: str) -> str:
    """Sixteen hex digits that change when the English text changes; white space does not count."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]
