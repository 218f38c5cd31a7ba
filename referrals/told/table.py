"""The whole table: each thing that changes, and its changes."""

from collections.abc import Iterator

from referrals.told import (
    carried,
    cases,
    decisions,
    deliveries,
    directory,
    faxes,
    files,
    intakes,
    many,
    messages,
    people,
    referrals,
    visits,
)
from referrals.told.rows import Change, Thing

TABLE: dict[Thing, tuple[Change, ...]] = {
    Thing.INTAKE: intakes.ROWS,
    Thing.CASE: (*cases.ROWS, *decisions.ROWS),
    Thing.REFERRAL: (*referrals.ROWS, *carried.ROWS, *many.ROWS, *deliveries.ROWS, *faxes.ROWS, *directory.ROWS),
    Thing.VISIT: visits.ROWS,
    Thing.FILE: files.ROWS,
    Thing.MESSAGE: messages.ROWS,
    Thing.PERSON: people.ROWS,
}


def every_change() -> Iterator[tuple[Thing, Change]]:
    """Return every row with what it is about."""
    for thing, rows in TABLE.items():
        for row in rows:
            yield thing, row
