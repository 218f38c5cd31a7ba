"""In which order an action locks rows. Two that do so in one order wait for each other at most once, never both ways.

What stands in an earlier line of `ORDER` is locked first. A listing is locked without its key: whoever holds a referral
names it in the history.
"""

import re
from collections.abc import Callable

from django.db import connection

from clinic.messages.models import Message
from intake.models import CallToMake, DeskTask
from referrals.models import OfficeToTell, Referral, Specialist

ORDER = ((Specialist,), (Referral,), (OfficeToTell, CallToMake, DeskTask, Message))
PLACES = {model._meta.db_table: place for place, models in enumerate(ORDER) for model in models}
LISTINGS = Specialist._meta.db_table
READ = re.compile(r'^SELECT .*? FROM "(\w+)".* FOR (NO KEY )?UPDATE', re.DOTALL)
CHANGED = re.compile(r'^UPDATE "(\w+)"')
OF_THE_POST = re.compile(r'WHERE .*"lease_token" = ')  # a mail under way: no action takes it from its sweep


class Locks:
    """Watches one connection of a test, in which each action is a savepoint; `wrong` is what broke the order."""

    def __init__(self):
        self.wrong: list[str] = []
        self._inside: list[str] = []  # the savepoints that are open
        self._held: list[str] = []

    def watch(self, walk: Callable) -> Callable:
        """Return the walk, watched."""

        def watched(house):
            self._inside.clear()
            self._held.clear()
            with connection.execute_wrapper(self._executes):
                return walk(house)

        return watched

    def _executes(self, execute, sql, params, many, context):
        if sql.startswith("SAVEPOINT"):
            self._inside.append(sql.split()[1])
        elif sql.startswith(("RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")):
            self._leaves(sql.split()[-1])
        elif self._inside and not OF_THE_POST.search(sql):
            self._reads(sql)
        return execute(sql, params, many, context)

    def _leaves(self, savepoint) -> None:
        if savepoint in self._inside:
            del self._inside[self._inside.index(savepoint) :]
        if not self._inside:
            self._held.clear()

    def _reads(self, sql) -> None:
        read, changed = READ.match(sql), CHANGED.match(sql)
        if read and read[1] == LISTINGS and not read[2]:
            self.wrong.append("a listing is locked with its key")
        if found := read or changed:
            self._takes(found[1])

    def _takes(self, table) -> None:
        if table not in PLACES:
            return
        later = [held for held in self._held if PLACES[held] > PLACES[table]]
        if later and table not in self._held:
            self.wrong.append(f"{table} is locked after {', '.join(sorted(set(later)))}")
        self._held.append(table)
