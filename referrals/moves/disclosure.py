"""What the office may know before it has accepted: everything it needs to decide, and not who the patient is."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from clinic.messages.privacy import MONTHS
from intake.models import Patient

SHORTEST = 2  # a single letter is no name to look for
SHORTEST_STREET = 6
SHORTEST_NUMBER = 4
BETWEEN = r"[\s./,\-–]{1,3}"  # the parts of a date as people write them
HIDDEN = "[…]"


def without_identity(text: str, patient: Patient) -> str:
    """Return `text` without what says who it is, in the active language.

    That is names, birth date, phone, email, address and member number, however they are spelled: without accents, the
    day before the month, with other signs between.
    """
    patients = _("[patient]")
    text = unicodedata.normalize("NFC", text)
    text = _hidden(text, _names(patient), patients)
    text = _hidden(text, [*_born(patient.date_of_birth), *_reached_at(patient)], HIDDEN)
    return re.sub(rf"{re.escape(patients)}(\s+{re.escape(patients)})+", patients, text)


def _hidden(text: str, patterns: list[str], words: str) -> str:
    """Put `words` in place of what the patterns find by plain letters alone."""
    for pattern in patterns:
        found = list(re.finditer(pattern, _plain(text)))
        for one in reversed(found):
            text = text[: one.start()] + words + text[one.end() :]
    return text


def _plain(text: str) -> str:
    """Return small letters without accents, sign by sign.

    What is found here stands at the same place of the text.
    """
    return "".join(unicodedata.normalize("NFKD", sign)[:1].lower()[:1] or sign for sign in text).translate(QUOTES)


QUOTES = str.maketrans("’‘ʼ`´", "'''''")


def _names(patient: Patient) -> list[str]:
    """Return patterns of the whole name and each part of it, the longest first."""
    names = {patient.full_name, patient.last_name, patient.first_name}
    names |= set(re.split(r"[\s-]+", f"{patient.first_name} {patient.last_name}"))
    plain = {_plain(unicodedata.normalize("NFC", name)) for name in names if len(name) >= SHORTEST}
    longest_first = sorted(plain, key=len, reverse=True)
    return [r"(?<!\w)" + re.escape(name).replace("'", "'?") + r"(?!\w)" for name in longest_first]


def _born(born: date) -> Iterator[str]:
    """Return patterns of the birth date: in numbers either way round, and in words of both languages."""
    year, month, day = rf"(?:{born.year}|'?{born:%y})", rf"0?{born.month}", rf"0?{born.day}"
    months = [MONTHS[language].split()[born.month - 1].lower() for language in ("en", "es")]
    in_words = "(?:" + "|".join(rf"{month}|{month[:3]}t?\.?" for month in months) + ")"
    ordinal = rf"{day}(?:st|nd|rd|th|o)?"
    orders = (
        (str(born.year), month, day), (month, day, year), (day, month, year),
        (in_words, ordinal, year), (ordinal, f"(?:of |de )?{in_words}", f"(?:del? )?{year}"),
    )  # fmt: skip
    return (rf"(?<!\d){BETWEEN.join(parts)}(?!\d)" for parts in orders)


def _reached_at(patient: Patient) -> Iterator[str]:
    """Return patterns of mail, phone and address, and of the number with the plan."""
    streets = [part.strip() for part in re.split(r"[,\n]", patient.address)]
    streets = [part for part in streets if len(part) >= SHORTEST_STREET and any(sign.isdigit() for sign in part)]
    for value in (patient.email, patient.phone, patient.address, *streets):
        if value:
            yield re.escape(_plain(unicodedata.normalize("NFC", value)))
    digits = re.sub(r"\D", "", patient.phone)[-10:]
    if len(digits) == 10:
        yield r"\D{0,3}".join(digits)
    member = re.sub(r"\W", "", _plain(patient.member_number))
    if len(member) >= SHORTEST_NUMBER:
        yield r"(?<!\w)" + r"\W?".join(member) + r"(?!\w)"
