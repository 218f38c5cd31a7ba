"""A sweep that goes on: each row by itself, and one that cannot be read stops none behind it."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

log = logging.getLogger(__name__)


def each_by_itself(numbers: Iterable[int], act: Callable[[int], Any], *, failed: str) -> int:
    """Do it to each row by its number; returns to how many it was done.

    Each has a transaction of its own. A row that cannot be read, such as at a location whose hours make no sense, must
    not silence all the others: the log says with `failed` what could not be done, and to which number. Only a database
    that is away ends the sweep, for no other row is read either.
    """
    done = 0
    for number in numbers:
        try:
            with transaction.atomic():
                done += bool(act(number))
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
                raise
            log.error("%s, number %s: %s", failed, number, type(error).__name__)
    return done


def each_sweep(*sweeps: Callable[[], Any]) -> None:
    """Run one sweep after the other, also after one that broke.

    The first error is raised when all have run.
    """
    broke: Exception | None = None
    for sweep in sweeps:
        try:
            sweep()
        except Exception as error:
            broke = broke or error
    if broke is not None:
        raise broke
