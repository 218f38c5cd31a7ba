"""Tables that only grow: no row is changed or removed, one by one or all at once."""

import pgtrigger


def only_grows(name: str) -> list[pgtrigger.Trigger]:
    """Return the triggers `name` for a table whose rows are evidence. TRUNCATE fires no trigger of a row."""
    return [
        pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_whole",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
        ),
    ]
