"""Dates as people write them into boxes meant for numbers: a month by its name, "31st", a whole date pasted in.

What a form reads here is certain. 5/6/1961 is May to some and June to others, so it is not read at all; a search, whose
finds people confirm, looks for both.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import permutations
from typing import Any

from django.utils import timezone

from clinic.contact.phones import plain

NAMES = (
    "january enero jan ene",
    "february febrero feb",
    "march marzo mar",
    "april abril apr abr",
    "may mayo",
    "june junio jun",
    "july julio jul",
    "august agosto aug ago",
    "september septiembre setiembre sept sep set",
    "october octubre oct",
    "november noviembre nov",
    "december diciembre dec dic",
)
MONTHS = {name: number for number, names in enumerate(NAMES, start=1) for name in names.split()}
BEHIND_A_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|ro|er|do|to|mo|vo|no|o|a)")
DAY, YEAR = re.compile(r"\d{1,2}"), re.compile(r"\d{4}")
CENTURIES = (1900, 2000)  # a year of two digits is of one of them


def one_part(typed: str) -> str:
    """Return "3" for "marzo", "31" for "31st", digits of every script as plain ones; else the same as typed."""
    word = _plain(typed)
    if word in MONTHS:
        return str(MONTHS[word])
    found = BEHIND_A_DAY.fullmatch(word)
    return found[1] if found else word


def whole_date(typed: str) -> tuple[str, str, str] | None:
    """Return month, day and year of a whole date when they can be nothing else; None otherwise."""
    parts = [one_part(part) for part in re.split(r"[\s,./-]+", _plain(typed)) if part not in ("", "de", "del", "of")]
    if len(parts) != 3:
        return None
    named = [part in MONTHS for part in re.split(r"[\s,./-]+", _plain(typed))]
    if any(named):
        return _with_a_name(parts, _plain(typed))
    return _in_numbers(parts)


def possible_dates(typed: str) -> set[date]:
    """Return every date the words may mean: 6/9/72 is June 9 and September 6, of 1972."""
    if certain := whole_date(typed):
        return _real([certain])
    word = _plain(typed)
    if word.isdigit() and len(word) == len("06091972"):
        first, second, year = word[:2], word[2:4], word[4:]
        year_first = (word[4:6], word[6:], word[:4])
        return _real([(first, second, year), (second, first, year), year_first])
    words = [part for part in re.split(r"[\s,./-]+", word) if part not in ("", "de", "del", "of")]
    parts = [one_part(part) for part in words]
    if len(parts) != 3 or not all(part.isdigit() for part in parts) or len(parts[2]) not in (2, 4):
        return set()
    years = [parts[2]] if YEAR.fullmatch(parts[2]) else [str(century + int(parts[2])) for century in CENTURIES]
    orders = [(parts[0], parts[1]), (parts[1], parts[0])]
    named = [word in MONTHS for word in words[:2]]
    if any(named):
        orders = [orders[named.index(True)]]
    return _real((*order, year) for order in orders for year in years)


def _real(readings: Iterable[tuple[int, int, int]]) -> set[date]:
    """Return those of (month, day, year) that are in the calendar and not to come."""
    found = set()
    for month, day, year in readings:
        try:
            found.add(date(int(year), int(month), int(day)))
        except (ValueError, OverflowError):
            continue
    return {day for day in found if day <= timezone.localdate()}


def _with_a_name(parts: list[str], typed: str) -> tuple[Any, str, str] | None:
    """A month by its name stands before or behind the day; the year is last, or first."""
    month = next(str(MONTHS[word]) for word in re.split(r"[\s,./-]+", typed) if word in MONTHS)
    rest = list(parts)
    rest.remove(month) if rest.count(month) == 1 else rest.pop(_place_of_name(typed))
    years = [part for part in rest if YEAR.fullmatch(part)]
    days = [part for part in rest if DAY.fullmatch(part)]
    return (month, days[0], years[0]) if len(years) == len(days) == 1 else None


def _place_of_name(typed: str) -> int:
    words = [word for word in re.split(r"[\s,./-]+", typed) if word not in ("", "de", "del", "of")]
    return next(place for place, word in enumerate(words) if word in MONTHS)


def _in_numbers(parts: list[str]) -> tuple[str, str, str] | None:
    """1961-03-31 has one reading; of 3/31/1961 only one can be a date; 5/6/1961 has two, and none is taken."""
    if YEAR.fullmatch(parts[0]) and DAY.fullmatch(parts[1]) and DAY.fullmatch(parts[2]):
        return parts[1], parts[2], parts[0]
    if not (DAY.fullmatch(parts[0]) and DAY.fullmatch(parts[1]) and YEAR.fullmatch(parts[2])):
        return None
    readings = {(int(month), int(day)) for month, day in permutations(parts[:2]) if 1 <= int(month) <= 12}
    if len(readings) != 1:
        return None
    [(month, day)] = readings
    return str(month), str(day), parts[2]


def _plain(typed: str) -> str:
    text = unicodedata.normalize("NFKD", plain(typed).casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return text.replace("º", "o").replace("°", "o").strip().strip(".")
