"""What somebody typed to find a patient: a name, a birth date, a phone number, or several of them in one line.

Nothing is asked about which of them it is. A date that may be two is both, and people confirm who they found.
"""

import re
from dataclasses import dataclass
from datetime import date

from clinic.contact import names, phones
from intake.door.written_dates import possible_dates
from intake.models import found_by

LONGEST = 120  # characters
MOST_WORDS = 6  # of a name: each more doubles the ways to join them
WORDS_OF_A_DATE = 5  # "9 de junio de 1972"


@dataclass(frozen=True)
class LookedFor:
    """Hold what was typed, taken apart; `number` is neither a date nor a phone."""

    typed: str
    days: frozenset[date] = frozenset()
    phone: str = ""
    parts: tuple[str, ...] = ()
    number: str = ""

    @property
    def is_enough(self) -> bool:
        """Return False for one letter, which would find half the clinic; 王 is a name."""
        long_enough = any(len(part) > 1 or not part.isascii() for part in self.parts)
        return bool(self.days or self.phone or long_enough) and not self.number

    @property
    def query(self) -> str:
        queries = []
        if self.parts:
            queries.append(found_by.called(list(self.parts)))
        if self.days:
            queries.append(found_by.born_on(self.days))
        if self.phone:
            queries.append(found_by.phoned_at(self.phone))
        return found_by.together(queries)


def read(typed: str) -> LookedFor:
    typed = names.visible(typed)[:LONGEST]
    days, rest = _take_days(typed)
    phone, number, rest = _take_phone(rest)
    parts = names.parts(rest)
    called = [part for part in parts if part not in names.NOT_A_NAME] or parts  # Dr. Price is Price
    return LookedFor(typed, frozenset(days), phone, tuple(called[:MOST_WORDS]), number)


def _take_days(typed: str) -> tuple[set[date], str]:
    """Return the dates the longest run of words may mean, and the words without it."""
    words = typed.replace(",", " ").split()
    for size in range(min(len(words), WORDS_OF_A_DATE), 0, -1):
        for start in range(len(words) - size + 1):
            if days := possible_dates(" ".join(words[start : start + size])):
                return days, " ".join(words[:start] + words[start + size :])
    return set(), typed


def _take_phone(typed: str) -> tuple[str, str, str]:
    """Return a phone number, a number that is none, and the words around it."""
    found = phones.NUMBER.search(phones.plain(typed))
    if found is None:
        return "", "", typed
    read_as = phones.read(typed)
    around = f"{read_as.label} {read_as.note}"
    digits = re.sub(r"\D", "", found[0])
    if read_as.digits:
        return read_as.digits, "", around
    if len(digits) == found_by.LAST_SEVEN:
        return digits, "", around
    return "", found[0].strip(), around
