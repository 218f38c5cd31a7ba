"""Lucía's phone, and how a page is read for words that were left in English."""

import re
from functools import cache
from html import unescape

from intake.door.contact import LANGUAGE_NAMES
from tests.intake.patients import Phone
from tests.wording import PLACEHOLDER, marked, written

LUCIA = {"first_name": "Lucía", "last_name": "Prado", "language": "es"}
ENGLISH = re.compile(r"\b(the|your|you|our|with|please|answers?|saved|this|enter|choose|and|of)\b", re.IGNORECASE)


def texts_of(html) -> list[str]:
    """What is shown or read aloud, piece by piece, without what is marked as English."""
    html = html.replace(LANGUAGE_NAMES["en"], "")  # each language is named in itself
    html = re.sub(r'(?s)<(\w+)[^>]* lang="en"[^>]*>.*?</\1>|<(script|style|svg)\b.*?</\2>', " ", html)
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt|content)="([^"]*)"', html)
    return [" ".join(unescape(text).split()) for text in (*re.split(r"<[^>]+>", html), *spoken) if text.strip()]


@cache
def english_words() -> re.Pattern:
    """Any interface text as it would stand on a page if it were not translated."""
    said = written()
    found = set()
    for key in marked():
        for words in key[1:]:
            if words not in said.get(key, ()):
                pieces = [re.escape(unescape(part)) for part in PLACEHOLDER.sub("\0", words).split("\0")]
                found |= {".+".join(pieces)} if any(len(piece) > 3 for piece in pieces) else set()
    return re.compile("|".join(sorted(found, key=len, reverse=True)))


def is_spanish(response, *names):
    """`names` are of people, places and things typed by somebody, which stand as they are."""
    html = response.content.decode()
    assert '<html lang="es"' in html
    for text in texts_of(html):
        assert not english_words().fullmatch(text), text
        for name in names:
            text = text.replace(name, "")
        assert not ENGLISH.search(text), text


class SpanishPhone(Phone):
    """Every page that comes to it is read; one with an English word on it ends the story."""

    def opens(self, address, *args):
        super().opens(address, *args)
        is_spanish(self.page)
        return self

    def sends(self, address, data=None, *, follow=True):
        super().sends(address, data, follow=follow)
        if follow:
            is_spanish(self.page)
        return self

    def presses_language(self, language):
        """The switch as it stands on the page that is open."""
        return Phone.switches_to(self, language)
