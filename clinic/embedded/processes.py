"""Children that never outlive the process that started them, not even when that one is killed with -9."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int, how: int = signal.SIGTERM) -> None:
    """Ask the kernel to send `how` to this process when the process `parent` ends (Linux)."""
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, how)
        if os.getppid() != parent:  # it ended before we could ask
            os.kill(os.getpid(), signal.SIGKILL)


def spawn(command: list, *, log: Path, on_parent_death: int = signal.SIGTERM, **options: Any) -> subprocess.Popen:
    """Start `command` in its own session, so that Ctrl-C reaches only us, with its words going to `log`."""
    parent = os.getpid()
    with log.open("ab") as file:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(parent, on_parent_death),
            **options,
        )


def stop(process: subprocess.Popen, how: int = signal.SIGTERM, *, patience: float = 10) -> None:
    """Ask politely, wait `patience` seconds, then end the process and everything it started."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    with suppress(ProcessLookupError):  # the usual case: nobody is left in its group
        os.killpg(process.pid, signal.SIGKILL)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen, *, patience: float, pause: float = 0.02) -> bool:
    """True once `ready()` holds; False when `process` ended or `patience` seconds passed first."""
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        if ready():
            return True
        time.sleep(pause)
    return False


def last_lines(log: Path, count: int = 8) -> str:
    """Return the end of a log file, indented, for a person who has to find out what went wrong."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-count:]
    except OSError:
        lines = []
    return "\n".join(f"    {line}" for line in lines)
