"""What the database touches to answer a query, read from its own plan."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def rows_touched(rows) -> int:
    """Return how many rows of tables a query reads, those it throws away among them."""
    sql, given = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", given)
        [[[said]]] = [cursor.fetchone()]
    return sum(_read_by(node) for node in _nodes(said["Plan"]))


def _nodes(node: dict[str, Any]):
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _read_by(node: dict[str, Any]) -> int:
    if "Relation Name" not in node:
        return 0
    thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + thrown) * node["Actual Loops"])


def many_more(rows: Sequence[Model], number: int) -> None:
    """Copy these rows that often, each copy pointing at copies of the others: history as the tables hold it.

    Numbers move by one rule and UUIDs by another, so that no copy points at a row that is not there.
    """
    copied = {row._meta.db_table for row in rows}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for row in rows:
            table, fields = row._meta.db_table, row._meta.concrete_fields
            names = ", ".join(f'"{field.column}"' for field in fields)
            values = ", ".join(_moved(field, copied) for field in fields)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, generate_series(1, %s) copy "
                f'WHERE "{row._meta.pk.column}" = %s',
                [number, row.pk],
            )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE")


def _moved(field: Field, copied: set[str]) -> str:
    column = f'"{field.column}"'
    to = field.remote_field.model._meta.db_table if field.remote_field else ""
    if to and to not in copied:
        return column
    kind = (field.target_field if to else field).get_internal_type()
    if kind == "UUIDField":
        return f"md5({column}::text || copy)::uuid"
    if kind == "BinaryField":
        return f"{column} || copy::text::bytea"
    if field.primary_key or to:
        return f"{column} + copy * 100000"
    if field.unique or field.column == "email":
        return f"{column} || copy"
    return column
