"""Starting both servers for as long as a block lasts, one pair at a time for each folder of state."""

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

from clinic.embedded import postgres, valkey
from clinic.embedded.running import STATE, CannotStart

SOCKETS = "/tmp/plumbline-"  # noqa: S108  a socket's path may have 107 bytes only; what follows is unguessable


@dataclass
class Servers:
    """`urls`: settings by name; `processes`: what was started here, named as its log."""

    urls: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Popen] = field(default_factory=dict)
    announce: object = None  # call it with more urls once everything runs: `running_urls` finds them from then on


@contextmanager
def servers(state: Path = STATE, *, throwaway: bool = False) -> Iterator[Any]:
    """Yields `Servers`; both are stopped when the block ends, and die with this process however it ends.

    `DATABASE_URL` and `BROKER_URL`, when set in the environment, are taken as they are and nothing is started for
    them. A throwaway pair trades safety in a power cut for speed. Raises `CannotStart`.
    """
    logs = state / "logs"
    with ExitStack() as stack:
        try:
            state.mkdir(exist_ok=True)
            state.chmod(0o711)  # the database's account may have to pass through to its own folder
            logs.mkdir(mode=0o700, exist_ok=True)
            announce = stack.enter_context(_only_one(state))
            for log in logs.glob("*.log"):
                log.replace(log.with_suffix(".log.old"))
            sockets = Path(tempfile.mkdtemp(prefix=SOCKETS))
            stack.callback(shutil.rmtree, sockets, ignore_errors=True)
            sockets.chmod(0o711)
            (state / "sockets").write_text(str(sockets))
        except OSError as error:
            raise CannotStart(f"{error.filename or state} cannot be written: {error.strerror}.") from error
        found = Servers(announce=announce)
        for setting, name, server in (
            ("DATABASE_URL", "postgres", postgres.server),
            ("BROKER_URL", "valkey", valkey.server),
        ):
            if url := os.environ.get(setting):
                found.urls[setting] = url
                continue
            process, found.urls[setting] = stack.enter_context(server(state, sockets, logs, throwaway=throwaway))
            found.processes[name] = process
        yield found


@contextmanager
def _only_one(state: Path) -> Iterator[Any]:
    """Holds the lock that says "running"; yields the function that writes what `running_urls` reads."""
    with os.fdopen(os.open(state / "running.json", os.O_RDWR | os.O_CREAT, 0o600), "r+") as record:
        for _ in range(10):
            try:
                fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.1)  # a reader holds it for a moment; a running demo holds it for good
        else:
            raise CannotStart("The demo is already running in this folder; stop it first (Ctrl-C in its window).")
        record.truncate(0)
        with suppress(OSError):  # the sockets of a run that was killed
            if (left := (state / "sockets").read_text()).startswith(SOCKETS):
                shutil.rmtree(left)

        def announce(urls: dict[str, str]) -> None:
            record.seek(0)
            record.truncate()
            json.dump(urls, record)
            record.flush()

        yield announce
        record.seek(0)
        record.truncate()
