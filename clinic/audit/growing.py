"""Tables that only grow: no row is changed or removed, one by one or all at once. Others are never emptied at once."""

import pgtrigger


def only_grows(name: str) -> list[pgtrigger.Trigger]:
    """Return the triggers `name` for a table whose rows are evidence."""
    return [pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete), never_emptied(f"{name}_whole")]


def never_emptied(name: str) -> pgtrigger.Trigger:
    """Return the trigger `name` against TRUNCATE, which fires no trigger of a row."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
    )
