"""A table as text, and as rows: whatever a spreadsheet writes when it is told to save as CSV.

What goes out comes in again unchanged: cells that a spreadsheet would take for a formula carry an apostrophe, and lose
that one alone.
"""

import csv
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from io import StringIO
from typing import Any

from clinic.contact.names import visible
from clinic.formats.cells import inert

MOST_BYTES = 1024 * 1024
MOST_COLUMNS = 100
SEPARATORS = ",;\t|"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
WHAT_IS_WRONG = "What is wrong"  # the last column of rows that were left out


class NotReadable(Exception):
    """The file cannot be taken as it is; `words` says why and what to do."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


@dataclass(frozen=True)
class Column:
    """Hold one column: its field, its heading, and how others call it.

    `others` are headings by letters and digits alone. One with `only_out` is passed over when it comes in.
    """

    field: str
    heading: str
    others: str = ""
    _: KW_ONLY
    only_out: bool = False

    @property
    def names(self) -> set[str]:
        return {plain(self.heading), *self.others.split()}


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


def read(text: str, every: Iterable[Column], *, missing: Callable[[set[str]], Sequence[str]], most_rows: int) -> Sheet:
    """Return the rows of a file, by the fields their headings name.

    `missing` says, of the fields there are, by what heading what is lacking is known. Empty rows are passed over; the
    others keep their number.
    """
    headings, rows = _rows_of(text)
    known, unused = _known(headings, every)
    if lacking := missing(set(known.values())):
        named = " and ".join(f"“{words}”" for words in lacking)
        raise NotReadable(f"No column is called {named}. The first row holds the headings; write them there.")
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
    if len(lines) > most_rows:
        raise NotReadable(f"There are {len(lines)} rows; at most {most_rows} are taken. Part the file.")
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


def _known(headings: list[str], every: Iterable[Column]) -> tuple[dict[int, str], list[str]]:
    """Return the field of each place in a row, and the headings nobody knows."""
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
    return known, unused


def too_many(beyond: int) -> str:
    """Return what to do about a row with cells under no heading."""
    cells = "1 cell stands" if beyond == 1 else f"{beyond} cells stand"
    return (
        f"{cells} under no heading, so the others may be in the wrong columns. Put a cell that holds a comma or "
        "another sign between columns in quotation marks, take away what is too much, or write a heading."
    )


# Cells ----------------------------------------------------------------------------------------------------------------


def plain(heading: str) -> str:
    """Return a heading by its letters and digits: "ZIP Code " is "zipcode"."""
    return "".join(sign for sign in visible(heading).casefold() if sign.isalnum())


def kept_apart(value: Any) -> Any:
    """Return a cell that only says something.

    It can be told from one that began with an apostrophe before.
    """
    if isinstance(value, str) and value.startswith("'") and inert(value.lstrip("'")).startswith("'"):
        return f"'{value}"
    return "" if value is None else inert(value)


def as_it_was(cell: str) -> str:
    """Return what a cell said before an apostrophe kept it from calculating."""
    bare = cell.lstrip("'")
    return cell[1:] if cell != bare and inert(bare) != bare else cell


def emptied(text: str, *, but: Collection[int]) -> str:
    """Return a table with its headings and the rows of these numbers.

    The others are empty, and keep their place.
    """
    headings, rows = _rows_of(text)
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(cells if number in but else [] for number, cells in rows)
    return written.getvalue()


# Rows to correct ------------------------------------------------------------------------------------------------------

Problems = Sequence[tuple[str, str]]  # (heading, what to do)


def to_correct(sheet: Sheet, wrong: Mapping[int, Problems]) -> tuple[list[str], list[list[Any]]]:
    """Return headings and rows of what was left out, as it came, with what is wrong in the last column."""
    lines = [line for line in sheet.lines if line.number in wrong]
    width = max([len(sheet.headings), *(len(line.raw) for line in lines)])
    rows = [
        [*(kept_apart(cell) for cell in _filled_up(line.raw, width)), _in_one_cell(wrong[line.number])]
        for line in lines
    ]
    return [*_filled_up(sheet.headings, width), WHAT_IS_WRONG], rows


def _filled_up(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _in_one_cell(problems: Problems) -> str:
    return "\n".join(f"{heading}: {words}" if heading else words for heading, words in problems)
