"""Whoever looks after the outbox while broker, beat or workers are away: a process that needs the database alone.

`manage.py sweep_messages --watch` runs it. While a worker sweeps it only looks; once none has for PATIENCE it does
itself what cannot wait, until a worker is back (decision 0039).
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.db import Error, close_old_connections

from clinic.messages import dispatch

log = logging.getLogger(__name__)

LOOKS_EVERY = 5  # seconds
PATIENCE = timedelta(seconds=20)  # with a look and one sweep, an alert is on its way well within a minute
CANNOT_WAIT = (  # besides the sweep: what finds an emergency, or somebody who waits for a mail
    "intake.tasks.take_back_forgotten",
    "intake.tasks.open_cases_for_abandoned",
    "intake.tasks.answer_link_requests",
    "clinic.staff.tasks.look_after_accounts",
)


class Watch:
    """Sweeps in place of a worker. `run` goes on until `stop` is set."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.stands_in = False

    def run(self) -> None:
        while not self.stop.wait(LOOKS_EVERY):
            self.look()

    def look(self) -> None:
        """See whether a worker sweeps, and do its work when none does. Never raises: nobody watches the watch."""
        close_old_connections()
        try:
            self._take_over_or_give_back(dispatch.silent_worker(PATIENCE))
        except Error as error:
            log.error("The watch cannot read the database: %s", type(error).__name__)
            return
        if self.stands_in:
            _run("The sweep", partial(dispatch.sweep, in_place_of_worker=True))
            for name in CANNOT_WAIT:
                _run(name, partial(_task, name))

    def _take_over_or_give_back(self, silent: bool) -> None:
        if silent and not self.stands_in:
            log.error("No worker sweeps. The watch sends what is due until one is back.")
        elif self.stands_in and not silent:
            log.warning("A worker sweeps again; the watch only looks.")
        self.stands_in = silent


def _task(name: str) -> None:
    current_app.tasks[name]()


def _run(name: str, task: Callable[[], Any]) -> None:
    """One task, here and now; a broken one does not keep the next mail back."""
    try:
        task()
    except Exception as error:
        log.error("%s did not work in the watch: %s", name, type(error).__name__)
