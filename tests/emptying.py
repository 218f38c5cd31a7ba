"""Empty the tables after a test that committed: all rows go, and what guards them is not asked.

Django's own way makes a new file for each of five hundred tables and indexes, then fills in permissions again that were
just thrown away: a fifth of a second of work after every test, where this takes a few thousandths.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

STAY = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
)  # made with the tables, and the same in each test
# Nobody else is at work in them meanwhile, as with TRUNCATE: what a browser still sends comes before or after.
EMPTY_ALL = f"""
DO $$
DECLARE one regclass;
BEGIN
  IF NOT starts_with(current_database(), 'test_') THEN
    RAISE EXCEPTION 'Only a database of the tests is emptied, and the name of none but those begins with test_.';
  END IF;
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND relname NOT IN {STAY} ORDER BY oid LOOP
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', one);
  END LOOP;
  FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND relname NOT IN {STAY} ORDER BY oid LOOP
    EXECUTE format('DELETE FROM %s', one);
  END LOOP;
END $$
"""


def empty_tables() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EMPTY_ALL)


def empty_quickly() -> None:
    """Let every test that commits empty its tables so. Only the owner of the server may pass by what guards them."""
    TransactionTestCase._fixture_teardown = lambda case: empty_tables()
