"""The table as a page: `docs/told.md`, written by `manage.py told`."""

from collections.abc import Iterable, Iterator

from referrals.told.rows import Change, Told
from referrals.told.table import TABLE, every_change

HEAD = """# Who is told

Every change of state: who has to hear of it, by what, within what time, and who hears when that does not arrive.
Written by `manage.py told` from `referrals/told/`; a test walks each row.

A mail that does not arrive is refused, or nobody takes it; one that could not be sent stands under Messages, and each
staff page says how many. A page does not arrive where nobody acts on it in its time. A band stands on every staff page;
one that is an alarm also at `/healthz` and in what `manage.py watch` prints (`docs/operations.md`): not `on_call`, and
not cases that can wait. What ought to be told and is not yet comes first."""
COLUMNS = ("What happens", "Who hears", "By what", "Within", "If it does not arrive")


def document() -> str:
    """Return the whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from (HEAD, "", "## Not told yet", "")
    for thing, row in every_change():
        if row.yet:
            yield f"- {thing}. {row.words}: {row.yet}."
    for thing, rows in TABLE.items():
        yield from ("", f"## {thing}", "", row_of(COLUMNS), row_of("---" for _ in COLUMNS))
        for row in rows:
            yield from _rows_of(row)


def _rows_of(row: Change) -> Iterator[str]:
    words = row.words
    if row.nobody:
        yield row_of((words, "nobody", f"because {row.nobody}", "", ""))
    for told in row.told:
        yield row_of((words, told.who, told.by, _within(told), _otherwise(told)))
        words = "″"


def _within(told: Told) -> str:
    return f"{told.within}, when: {told.when}" if told.when else told.within


def _otherwise(told: Told) -> str:
    return "; ".join(map(str, told.otherwise)) or f"nothing: {told.enough}"


def row_of(cells: Iterable[object]) -> str:
    """Return one row of a table of the page."""
    return f"| {' | '.join(map(str, cells))} |"
