"""A file of offices as text, and as rows: whatever a spreadsheet writes when it is told to save as CSV."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

from clinic.staff.models import Location
from referrals.directory.columns import FIRST_NAME, LAST_NAME, LISTING, Column, as_it_was, columns, plain

MOST_BYTES = 1024 * 1024
MOST_ROWS = 1000  # more offices than a clinic refers to; each is checked as if typed, which takes a server seconds
MOST_COLUMNS = 100
LONGEST_CELL = 6000
SEPARATORS = ",;\t|"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
KNOWN_BY = (("specialty", "Specialty"), ("practice", "Practice"))  # with a name: what a new listing is known by


class NotReadable(Exception):
    """The file cannot be taken as it is; `words` says why and what to do."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


@dataclass(frozen=True)
class Line:
    """Hold one row of the file.

    `number` counts the headings as row 1; `cells` holds what is known, by field. `beyond` counts the cells under no
    heading: which of the others stand in their own columns nobody knows.
    """

    number: int
    cells: dict[str, str]
    raw: tuple[str, ...]
    beyond: int = 0


@dataclass(frozen=True)
class Sheet:
    """`unused` are headings nobody here knows."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    unused: tuple[str, ...]


def text_of(content: bytes) -> str:
    """Return the words of a file as a spreadsheet wrote it.

    In UTF-8, UTF-16, or the code page of Windows.
    """
    if len(content) > MOST_BYTES:
        raise NotReadable(f"This file is larger than {MOST_BYTES // 2**20} MB. Part it, and add one after the other.")
    if content.startswith(b"PK\x03\x04") or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotReadable("This is a workbook. In the spreadsheet choose “Save as” and “CSV”, and add that file.")
    marked = next((code for mark, code in MARKS.items() if content.startswith(mark)), "")
    for code in [marked] if marked else ["utf-8", "windows-1252"]:
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotReadable("This is no text. In the spreadsheet choose “Save as” and “CSV UTF-8”, and add that file.")


def read(text: str, locations: Iterable[Location]) -> Sheet:
    """Return the rows of a file, by the fields their headings name.

    Empty rows are passed over; the others keep their number.
    """
    headings, rows = _rows_of(text)
    known, unused = _known(headings, columns(locations))
    lines = tuple(
        Line(
            number,
            {field: as_it_was(cells[place]) for place, field in known.items() if place < len(cells)},
            cells,
            _beyond(cells, headings, known),
        )
        for number, cells in rows
        if any(cell.strip() for cell in cells)
    )
    if not lines:
        raise NotReadable("There are no rows under the headings.")
    if len(lines) > MOST_ROWS:
        raise NotReadable(f"There are {len(lines)} rows; at most {MOST_ROWS} are taken. Part the file.")
    return Sheet(tuple(headings), lines, tuple(unused))


def _beyond(cells: tuple[str, ...], headings: list[str], known: dict[int, str]) -> int:
    """Return how many cells of a row stand behind the known columns under no heading.

    A column without a heading before those, such as one of numbers, moves nothing. Behind the last heading an empty
    cell counts too: the row is shifted all the same.
    """
    bare = [place for place in range(max(known), len(headings)) if not headings[place].strip()]
    return max(0, len(cells) - len(headings)) + sum(bool(cells[place].strip()) for place in bare if place < len(cells))


def _rows_of(text: str) -> tuple[list[str], list[tuple[int, tuple[str, ...]]]]:
    """Return the headings, and each row with its number as a spreadsheet counts it."""
    text = text.removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    stated = first.strip().casefold()
    if stated.startswith("sep=") and len(stated) == 5:  # how Excel is told the separator
        separator, text = stated[4], rest
    else:
        separator = max(SEPARATORS, key=_outside_of_quotes(first).count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise NotReadable(f"The file breaks off or has a quotation mark too many: {error}.") from error
    if not rows:
        raise NotReadable("The file is empty.")
    if len(rows[0]) > MOST_COLUMNS:
        raise NotReadable(f"There are {len(rows[0])} columns; at most {MOST_COLUMNS} are taken.")
    for number, row in enumerate(rows, start=1):
        if len(row) > MOST_COLUMNS:
            raise NotReadable(f"Row {number} has {len(row)} cells; at most {MOST_COLUMNS} are taken.")
    return rows[0], [(place, tuple(row)) for place, row in enumerate(rows[1:], start=2)]


def _outside_of_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _known(headings: list[str], every: list[Column]) -> tuple[dict[int, str], list[str]]:
    """Return the field of each place in a row, and the headings nobody knows.

    NotReadable where no listing can be known by them.
    """
    by_name = {name: column for column in every for name in column.names}
    known: dict[int, str] = {}
    unused: list[str] = []
    for place, heading in enumerate(headings):
        column = by_name.get(plain(heading))
        if column is None:
            unused += [heading.strip()] if heading.strip() else []
        elif column.field in known.values():
            raise NotReadable(f"Two columns hold “{column.heading}”. Take one away: {heading.strip()}.")
        elif not column.only_out:
            known[place] = column.field
    fields = set(known.values())
    missing = [words for field, words in KNOWN_BY if field not in fields]
    if "name" not in fields and not {FIRST_NAME, LAST_NAME} <= fields:
        missing.append("Name")
    if missing and LISTING not in fields:
        named = " and ".join(f"“{words}”" for words in missing)
        raise NotReadable(f"No column is called {named}. The first row holds the headings; write them there.")
    return known, unused
