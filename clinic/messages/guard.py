"""The last look at a message before it leaves: whatever made its words, they hold nothing of whom they are about.

Facts and templates let nothing in by themselves (`facts.py`, `kinds.py`); this is for the day on which somebody opens a
hole there. Each app says here what is known of its subjects.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives

from clinic.contact import phones
from clinic.messages.facts import NotSafe
from clinic.messages.models import Message
from clinic.messages.post import WrittenText
from clinic.messages.privacy import MONTHS, Known, leaks, leaks_of_html
from clinic.staff.models import Location

Finder = Callable[[Message], Known]
FINDERS: dict[str, Finder] = {}
WORD = re.compile(r"[^\W\d_]+")
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday lunes martes miércoles jueves viernes sábado domingo"
OF_CALENDARS = "Begin End Prodid Plumbline Version Method Publish Cancel Uid Sequence Status Class Private Confirmed"


def tells_what_is_known(*subject_types: str) -> Callable[[Finder], Finder]:
    """Register the function below for messages about these subjects."""

    def register(find: Finder) -> Finder:
        FINDERS.update(dict.fromkeys(subject_types, find))
        return find

    return register


def look_once_more(message: Message, written: EmailMessage | WrittenText) -> None:
    """Raise NotSafe, with what sort was found where, before somebody is given away."""
    find = FINDERS.get(message.subject_type)
    known = _less_our_numbers(find(message)) if find else Known()
    said_anyhow = _SaidAnyhow(message)
    for part, text in _parts(written):
        look = leaks_of_html if part == "its page" else leaks
        found = look(text, known, said_anyhow=said_anyhow, site=settings.SITE_URL)
        if found:
            raise NotSafe(f"{message.kind} would have said {found[0]} in {part}.")


def _parts(written: EmailMessage | WrittenText) -> Iterator[tuple[str, str]]:
    """Return what leaves, by where it stands; a reader's own address is no part of it."""
    if isinstance(written, WrittenText):
        yield "its text", written.words
        return
    yield "its subject", str(written.subject)
    yield "its words", str(written.body)
    for other in written.alternatives if isinstance(written, EmailMultiAlternatives) else ():
        yield "its page", str(other[0])
    for enclosed in written.attachments:
        yield "its file", enclosed.get_payload(decode=True).decode()


def _less_our_numbers(known: Known) -> Known:
    """Leave out the numbers of our places.

    Whoever has no phone may be on file with the clinic's, and each mail says it.
    """
    rows = Location.objects.values_list("phone", "on_call_phone")
    ours = {_digits(number) for numbers in rows for number in numbers} - {""}
    return replace(known, phones=tuple(phone for phone in known.phones if _digits(phone) not in ours))


def _digits(phone: str) -> str:
    return phones.read(phone).digits


class _SaidAnyhow:
    """Say whether a name is also a word that our mails say.

    That is one of a template, of its translation, or of a place of ours.
    """

    def __init__(self, message: Message) -> None:
        self.location = message.location

    def __call__(self, name: str) -> bool:
        """Answer where a name was found: that is rare, so the database may be asked."""
        return _words(name) <= _words_of_ours() | self._words_of_places()

    def _words_of_places(self) -> set[str]:
        here = self.location
        street = f"{here.street} {here.city} {here.state}" if here else ""
        return _words(f"{settings.ORGANIZATION} {street} {' '.join(Location.objects.values_list('name', flat=True))}")


@cache
def _words_of_ours() -> frozenset[str]:
    """Return every word of the templates of mails, and of all translations."""
    sources = [path.read_text() for path in (settings.BASE_DIR / "templates" / "emails").rglob("*.*")]
    catalogs = [path.read_bytes().decode("utf-8", "replace") for path in settings.LOCALE_PATHS[0].rglob("*.mo")]
    return frozenset(_words(" ".join([*sources, *catalogs, *MONTHS.values(), DAYS, OF_CALENDARS])))


def _words(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text)}
