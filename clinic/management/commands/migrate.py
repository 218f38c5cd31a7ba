"""`manage.py migrate`, as Django's, under limits of its own."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """A migration may take long and must not wait long.

    The 15 seconds of a page would break an index over a large table off. A lock it cannot get at once would make every
    page queue up behind it, so it gives up and can be started again.
    """

    def handle(self, *args: Any, **options: Any) -> Any:
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET lock_timeout = '5s'")
        try:
            return super().handle(*args, **options)
        finally:
            if connection.connection is not None:
                with connection.cursor() as cursor:
                    cursor.execute("RESET statement_timeout")
                    cursor.execute("RESET lock_timeout")
