"""A file of offices as rows: what it must hold, and how much of it is taken."""

from collections.abc import Iterable

from clinic.formats import sheets
from clinic.formats.sheets import Sheet
from clinic.staff.models import Location
from referrals.directory.columns import FIRST_NAME, LAST_NAME, LISTING, columns

MOST_ROWS = 1000  # more offices than a clinic refers to; each is checked as if typed, which takes a server seconds
LONGEST_CELL = 6000
KNOWN_BY = (("specialty", "Specialty"), ("practice", "Practice"))  # with a name: what a new listing is known by


def read(text: str, locations: Iterable[Location]) -> Sheet:
    """Return the rows of a file of offices, by the fields their headings name."""
    return sheets.read(text, columns(locations), missing=_missing, most_rows=MOST_ROWS)


def _missing(fields: set[str]) -> list[str]:
    """Return by which headings a listing would be known.

    None where the number of a listing stands in each row.
    """
    if LISTING in fields:
        return []
    missing = [words for field, words in KNOWN_BY if field not in fields]
    if "name" not in fields and not {FIRST_NAME, LAST_NAME} <= fields:
        missing.append("Name")
    return missing
