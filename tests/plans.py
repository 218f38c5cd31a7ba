"""What the database touches to answer a query, read from its own plan."""

from typing import Any

from django.db import connection


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
