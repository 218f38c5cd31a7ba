"""PostgreSQL and Valkey from their wheels, for machines where no server is configured.

`servers()` runs both for as long as its block lasts; `running_urls()` tells any other process of this checkout
how to reach them. Neither needs Django, and settings may call `running_urls()` while they load.
"""

import json
import os
import shutil
import socket
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

STATE = Path(__file__).resolve().parents[2] / ".state"


class CannotStart(Exception):
    """A server cannot be started; the message is one sentence for the person at the terminal."""


@dataclass
class Servers:
    """What runs: `urls` holds settings by name, `processes` the servers started here by their spoken name."""

    urls: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Popen] = field(default_factory=dict)


def running_urls(state: Path = STATE) -> dict[str, str]:
    """The settings (`DATABASE_URL`, `BROKER_URL`, ...) of the demo running in this checkout, or {}. Never fails."""
    try:
        record = json.loads((state / "running.json").read_text())
        for path in record["sockets"]:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(path)
        return dict(record["urls"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def announce(state: Path, urls: dict[str, str], sockets: list[str]) -> None:
    """Let `running_urls` find these servers; the record is readable by the owner only."""
    record = state / "running.json"
    fresh = record.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"urls": urls, "sockets": sockets}, file)
    fresh.replace(record)


@contextmanager
def servers(state: Path = STATE, *, throwaway: bool = False):
    """Yields `Servers`; both are stopped when the block ends, and die with this process however it ends.

    `DATABASE_URL` and `BROKER_URL`, when set in the environment, are taken as they are and nothing is started for
    them. A throwaway pair trades safety on a power cut for speed. Raises `CannotStart`.
    """
    from clinic.embedded import postgres, valkey  # they import from here

    if running_urls(state):
        raise CannotStart("The demo is already running in this folder; stop it first (Ctrl-C in its window).")
    logs = state / "logs"
    state.mkdir(exist_ok=True)
    state.chmod(0o711)  # another account may have to pass through on its way to the database's own folder
    logs.mkdir(mode=0o700, exist_ok=True)
    sockets = Path(tempfile.mkdtemp(prefix="plumbline-", dir="/tmp"))  # short: a socket's path has 107 bytes at most
    sockets.chmod(0o711)
    found = Servers()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, sockets, ignore_errors=True)
        for name, module, setting in (("PostgreSQL", postgres, "DATABASE_URL"), ("Valkey", valkey, "BROKER_URL")):
            if url := os.environ.get(setting):
                found.urls[setting] = url
                continue
            process, url = stack.enter_context(
                module.server(state / module.FOLDER, sockets / module.FOLDER, logs / module.LOG, throwaway=throwaway)
            )
            found.processes[name] = process
            found.urls[setting] = url
        yield found
