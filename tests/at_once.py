"""Several people at the same moment, each on a connection of their own to the real database."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections


def at_once(*doings: Callable[[], Any]) -> list[Any]:
    """Run them at the same moment; return what each returned, or the error it raised."""
    start = threading.Barrier(len(doings))

    def run(do: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return do()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(run, doings))
