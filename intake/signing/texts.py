"""The documents patients sign, read from `consents/<document>.<language>.md`, or from the clinic's CONSENTS_DIR.

Each file begins with title, version, status and summary between two lines of `---`. The summary says in two or three
plain sentences what the document means; it is signed as part of it. The rest is plain: paragraphs with a blank line
between them, and lists whose lines begin with "- ". Reading is strict: a start of the product with a missing language
or an unknown word in a head stops there.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from intake.models import ConsentText, Document

FOLDER = Path(__file__).with_name("consents")
HEAD = {"title", "version", "status", "summary"}
STATUSES = ("sample", "approved")
FIELD_SIZES = {"title": 80, "version": 20, "summary": 300}
VERSION = re.compile(r"[0-9]+([.-][0-9]+)*")


class BrokenText(Exception):
    """A document cannot be shown to anybody; says which file and what to do."""


@dataclass(frozen=True)
class DocumentText:
    """`whole` is what the summary stands for; `text` is both, as it is signed and stored."""

    document: Document
    language: str
    title: str
    version: str
    status: str
    summary: str
    whole: str

    @property
    def text(self) -> str:
        return f"{self.summary}\n\n{self.whole}"

    @property
    def sha256(self) -> str:
        whole = "\n".join([self.document, self.language, self.version, self.title, self.text])
        return hashlib.sha256(whole.encode()).hexdigest()

    @property
    def blocks(self) -> list[tuple]:
        """Summary and the rest in order, ("p", words) or ("ul", [words, ...])."""
        return blocks_of(self.text)

    @property
    def first_sentence(self) -> str:
        """Return what stands open on the page to sign; the rest is folded below it."""
        return self.summary.split(". ", 1)[0].removesuffix(".") + "."

    @property
    def rest_of_summary(self) -> str:
        return self.summary.removeprefix(self.first_sentence).strip()

    @property
    def whole_blocks(self) -> list[tuple]:
        return blocks_of(self.whole)

    @property
    def is_sample(self) -> bool:
        """True for the texts that come with the product and that no lawyer of the clinic has read."""
        return self.status == "sample"


def blocks_of(text: str) -> list[tuple]:
    """Return a stored text as paragraphs and lists."""
    found = []
    for part in text.split("\n\n"):
        lines = part.splitlines()
        if all(line.startswith("- ") for line in lines):
            found.append(("ul", [line.removeprefix("- ") for line in lines]))
        else:
            found.append(("p", " ".join(lines)))
    return found


def is_newer(version: str, than: str) -> bool:
    """Say whether the label of a version is later: number by number, so 2026-10 comes after 2026-9."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"[0-9]+", version)]


def text_in(language: str, document: Document) -> DocumentText:
    """Return the document as it is shown now."""
    return all_texts()[document, language]


def all_texts() -> dict[tuple[Document, str], DocumentText]:
    return _read(Path(settings.CONSENTS_DIR or FOLDER), tuple(code for code, _name in settings.LANGUAGES))


@cache
def _read(folder: Path, languages: tuple[str, ...]) -> dict[tuple[Document, str], DocumentText]:
    expected = {f"{document}.{language}.md": (document, language) for document in Document for language in languages}
    try:
        there = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise BrokenText(f"CONSENTS_DIR, {folder}, cannot be read: {error.strerror}.") from error
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


def read_file(path: Path, document: str, language: str) -> DocumentText:  # noqa: C901
    """Return one file, or BrokenText."""
    try:
        parts = path.read_text(encoding="utf-8").split("---\n", 2)
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenText(f"{path.name} cannot be read as text in UTF-8.") from error
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
    if not VERSION.fullmatch(head["version"]):
        raise BrokenText(f"{path.name}: its version is numbers with hyphens or dots between them, such as 2026-2.")
    whole = parts[2].strip()
    if not whole:
        raise BrokenText(f"{path.name} has no text.")
    return DocumentText(document=document, language=language, whole=whole, **head)


def row_of(text: DocumentText) -> ConsentText:
    """Return the row that holds exactly this text."""
    return rows_of([text])[text.sha256]


def rows_of(texts: Iterable[DocumentText]) -> dict[str, ConsentText]:
    """Return the rows that hold exactly these texts, by their digests.

    Each is made when it is first used.
    """
    wanted = {text.sha256: text for text in texts}
    found = {row.sha256: row for row in ConsentText.objects.filter(sha256__in=wanted)}
    for digest in wanted.keys() - found.keys():
        text = wanted[digest]
        found[digest], _made = ConsentText.objects.get_or_create(
            sha256=digest,
            defaults={
                "document": text.document,
                "language": text.language,
                "version": text.version,
                "text": f"{text.title}\n\n{text.text}",
            },
        )
    return found
