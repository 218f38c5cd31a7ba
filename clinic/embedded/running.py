"""What is known of the servers without starting any: where their state lies, and how to reach those that run."""

import fcntl
import json
from pathlib import Path

STATE = Path(__file__).resolve().parents[2] / ".state"
HOW = "name one in {}, or run `python3 run.py setup`, which brings the one of the demo"  # where none was found


class CannotStart(Exception):
    """A server cannot be started; the message is one sentence for the person at the terminal."""


def running_urls(state: Path = STATE) -> dict[str, str]:
    """The settings (`DATABASE_URL`, `BROKER_URL`, ...) of the demo running in this checkout, or {}. Never fails."""
    try:
        with (state / "running.json").open() as record:
            try:
                fcntl.flock(record, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:  # whoever wrote it is alive: the lock dies with its process
                return dict(json.load(record))
    except (OSError, ValueError, TypeError):
        pass  # no record, not ours to read, or still being written: nothing is known to run
    return {}
