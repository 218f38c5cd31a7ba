"""Tables as files for a spreadsheet. A cell never acts: whatever would be read as a formula is plain text."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from django.http import HttpResponse

# What spreadsheets take for the beginning of a formula; the wide ones where they are set to Chinese or Japanese.
ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def inert(value: Any) -> Any:
    """Return a cell that only says something; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    seen_first = value.lstrip(" \u00a0\ufeff")
    acts = seen_first.startswith(ACTS) or value.startswith(ACTS)
    return f"'{value}" if acts else value


def as_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return the table as a CSV to keep, in the form every spreadsheet opens."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([inert(cell) for cell in row] for row in (header, *rows))
    response = HttpResponse(f"\ufeff{written.getvalue()}", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
