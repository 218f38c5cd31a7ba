"""The documents patients sign, read from `consents/<document>.<language>.md`.

Each file begins with title, version and status between two lines of `---`. The text is plain: paragraphs with a blank
line between them, and lists whose lines begin with "- ". Reading is strict: a start of the product with a missing
language or an unknown word in a head stops there.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from intake.models import ConsentText, Document

FOLDER = Path(__file__).with_name("consents")
HEAD = {"title", "version", "status"}
STATUSES = ("sample", "approved")
FIELD_SIZES = {"title": 80, "version": 20}


class BrokenText(Exception):
    """A document cannot be shown to anybody; says which file and what to do."""


@dataclass(frozen=True)
class Text:
    """`blocks`: the text in order, ("p", words) or ("ul", [words, ...])."""

    document: Document
    language: str
    title: str
    version: str
    status: str
    text: str

    @property
    def sha256(self) -> str:
        whole = "\n".join([self.document, self.language, self.version, self.title, self.text])
        return hashlib.sha256(whole.encode()).hexdigest()

    @property
    def blocks(self) -> list[tuple]:
        return blocks_of(self.text)

    @property
    def is_sample(self) -> bool:
        """True for the texts that come with the product and that no lawyer of the clinic has read."""
        return self.status == "sample"


def blocks_of(text: str) -> list[tuple]:
    """A stored text as paragraphs and lists."""
    found = []
    for part in text.split("\n\n"):
        lines = part.splitlines()
        if all(line.startswith("- ") for line in lines):
            found.append(("ul", [line.removeprefix("- ") for line in lines]))
        else:
            found.append(("p", " ".join(lines)))
    return found


def text_in(language: str, document: Document) -> Text:
    """The document as it is shown now."""
    return all_texts()[document, language]


def all_texts() -> dict[tuple[str, str], Text]:
    return _read(FOLDER, tuple(code for code, _name in settings.LANGUAGES))


@cache
def _read(folder: Path, languages: tuple) -> dict[tuple[str, str], Text]:
    expected = {f"{document}.{language}.md": (document, language) for document in Document for language in languages}
    there = {path.name for path in folder.iterdir()}
    if missing := sorted(set(expected) - there):
        raise BrokenText(f"{missing[0]} is missing. Every document must be there in every language of the pages.")
    if unknown := sorted(there - set(expected)):
        raise BrokenText(f"{unknown[0]} is no document in a language of the pages. Take it away or rename it.")
    texts = {key: read_file(folder / name, *key) for name, key in expected.items()}
    for document in Document:
        versions = {texts[document, language].version for language in languages}
        if len(versions) > 1:
            raise BrokenText(f"{document}: the languages have different versions ({', '.join(sorted(versions))}).")
    return texts


def read_file(path: Path, document, language) -> Text:
    """One file, or BrokenText."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise BrokenText(f"{path.name} must begin with its head between two lines of three hyphens.")
    head = {}
    for line in parts[1].splitlines():
        name, colon, value = line.partition(":")
        if not colon or name not in HEAD or name in head or not value.strip():
            raise BrokenText(f'{path.name}: "{line}" is not understood. The head says {", ".join(sorted(HEAD))}, once.')
        head[name] = value.strip()
    if HEAD - set(head):
        raise BrokenText(f"{path.name} does not say its {sorted(HEAD - set(head))[0]}.")
    if head["status"] not in STATUSES:
        raise BrokenText(f"{path.name}: status is one of {', '.join(STATUSES)}.")
    for name, size in FIELD_SIZES.items():
        if len(head[name]) > size:
            raise BrokenText(f"{path.name}: its {name} is longer than {size} characters.")
    text = parts[2].strip()
    if not text:
        raise BrokenText(f"{path.name} has no text.")
    return Text(document=document, language=language, text=text, **head)


def row_of(text: Text) -> ConsentText:
    """The row that holds exactly this text."""
    row, _made = ConsentText.objects.get_or_create(
        sha256=text.sha256,
        defaults={
            "document": text.document,
            "language": text.language,
            "version": text.version,
            "text": f"{text.title}\n\n{text.text}",
        },
    )
    return row
