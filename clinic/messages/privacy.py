"""Reading a finished text for what must not travel: of the person it is about, and of what no text of ours may hold.

Pure. It reads what is about to leave as its reader will: a mail and its twin in HTML, a calendar file, a text message,
a line of the log. What it finds it names by its sort and never repeats: "a name", not the name.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape

NAME = "a name"
FEWEST_LETTERS = 3  # of a name that is looked for by itself
FEWEST_DIGITS = 7  # of a phone number
UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s\"'<>)]+")
SOCIAL = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
FOLDED = re.compile(r"\r?\n[ \t]")  # a calendar file breaks its lines in the middle of words
FETCHES = re.compile(r"<(?:img|script|link|iframe|object|embed|video|audio|form)\b|url\(|@import", re.IGNORECASE)
HIDDEN = re.compile(r"(?s)<style.*?</style>|<!DOCTYPE[^>]*>")
ANNOTATED = re.compile(r"(?:alt|title|aria-label|content)=\"([^\"]*)\"|<!--(.*?)-->", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}


@dataclass(frozen=True)
class Known:
    """What is known of whom a message is about, and must not stand in it.

    `names` are looked for one by one, unless a word of the text anyhow; `values` are looked for whole, by their sort.
    """

    names: tuple[str, ...] = ()
    born: date | None = None
    phones: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()  # (sort, value)

    def __or__(self, other: "Known") -> "Known":
        """Return what is known of both."""
        return Known(
            self.names + other.names,
            self.born or other.born,
            self.phones + other.phones,
            self.values + other.values,
        )


def never(_word: str) -> bool:
    return False


def leaks(text: str, known: Known, *, said_anyhow: Callable[[str], bool] = never, site: str = "") -> list[str]:
    """Return the sorts of what must not stand in this text; none where it may leave.

    `said_anyhow` tells of a name whether it is also a word of ours: who is called Will is not given away by "will".
    `site` is where our own links lead; what follows it is looked at as an address.
    """
    read = f"{text}\n{FOLDED.sub('', text)}" if FOLDED.search(text) else text
    ours = [address for address in ADDRESS.findall(read) if site and address.startswith(f"{site}/")]
    words = ADDRESS.sub(lambda found: " " if found[0] in ours else found[0], read)  # any other may hold anything
    found = [*_of_the_person(words, known, said_anyhow), *_of_anybody(words), *_of_addresses(ours)]
    return list(dict.fromkeys(found))


def leaks_of_html(html: str, known: Known, *, said_anyhow: Callable[[str], bool] = never, site: str = "") -> list[str]:
    """Return them of a page: its words, what a machine reads, what it would fetch."""
    shown = HIDDEN.sub(" ", html)
    unseen = " ".join("".join(one) for one in ANNOTATED.findall(shown))
    words = unescape(f"{TAG.sub(' ', shown)} {unseen}")
    found = leaks(words, known, said_anyhow=said_anyhow, site=site)
    others = [one for one in ADDRESS.findall(shown) if not (site and one.startswith(f"{site}/"))]
    fetches = ["something from elsewhere"] if FETCHES.search(html) or others else []
    return list(dict.fromkeys([*found, *fetches]))


def _of_the_person(words: str, known: Known, said_anyhow: Callable[[str], bool]) -> Iterator[str]:
    for name in known.names:
        if len(name) >= FEWEST_LETTERS and _holds(words, name) and not said_anyhow(name):
            yield NAME
    if known.born and any(_holds(words, form) for form in _written(known.born)):
        yield "a birth date"
    if any(_holds_digits(words, phone) for phone in known.phones):
        yield "a phone number"
    for sort, value in known.values:
        anyhow = sort != NAME and said_anyhow(value)
        if len(value) >= FEWEST_LETTERS and _holds(words, value) and not anyhow:
            yield sort


def _of_anybody(words: str) -> Iterator[str]:
    if SOCIAL.search(words):
        yield "a social security number"


def _of_addresses(ours: list[str]) -> Iterator[str]:
    """Look into our own addresses, which hold words and a secret.

    There is no question mark, behind which values would stand, and no id of a record.
    """
    if any("?" in address for address in ours):
        yield "a value in an address"
    if any(UUID.search(address) for address in ours):
        yield "an id in an address"


def _holds(words: str, value: str) -> bool:
    """Say whether this stands there as words of its own.

    How it is spaced, and whether it is written large or small, makes no difference.
    """
    spaced = r"\s+".join(re.escape(part) for part in value.split())
    return bool(spaced) and bool(re.search(rf"(?<!\w){spaced}(?!\w)", words, re.IGNORECASE))


def _holds_digits(words: str, phone: str) -> bool:
    digits = re.sub(r"\D", "", phone)
    if len(digits) < FEWEST_DIGITS:
        return False
    apart = "[ ().-]{0,2}".join(digits)
    return bool(re.search(rf"(?<!\d){apart}(?!\d)", words))


def _written(born: date) -> Iterator[str]:
    """Return a birth date as people and machines write it, in both languages."""
    yield born.isoformat()
    for month, day in ((f"{born:%m}", f"{born:%d}"), (str(born.month), str(born.day))):
        for apart in "/.-":
            yield apart.join((month, day, str(born.year)))
            yield apart.join((day, month, str(born.year)))
    yield f"{MONTHS['en'].split()[born.month - 1]} {born.day}, {born.year}"
    yield f"{MONTHS['en'].split()[born.month - 1][:3]} {born.day}, {born.year}"
    yield f"{born.day} de {MONTHS['es'].split()[born.month - 1]} de {born.year}"
