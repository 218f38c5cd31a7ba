"""Keys for a machine that was not given any: made once, kept in `.state/`, readable by the owner only.

Production never uses them; there every key comes from the environment.
"""

import base64
import fcntl
import os
import secrets
from pathlib import Path

KEYS = Path(__file__).resolve().parents[2] / ".state" / "keys"
BYTES = 32
LENGTH = len(base64.urlsafe_b64encode(bytes(BYTES)))


def local_key(name: str) -> str:
    """Return 32 random bytes as URL-safe base64: the same on every call on this machine, new on another.

    Several processes of a first start ask at once. Each gets the whole key of the one that was first.
    """
    path = KEYS / name
    try:
        KEYS.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _kept(path) or _made(path)
    except OSError:  # a read-only checkout: commands that need no memory between runs still work
        return _fresh()


def _kept(path: Path) -> str:
    """Return the key in a file; nothing when there is none, or only the beginning of one."""
    try:
        found = path.read_text()
    except FileNotFoundError:
        return ""
    return found if len(found) == LENGTH else ""


def _made(path: Path) -> str:
    """Write a new key aside and move it into place, so that a file with this name is whole from the first moment."""
    with (path.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := _kept(path):  # another process was faster
            return found
        fresh, aside = _fresh(), path.with_name(f"{path.name}.new")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())  # a power cut leaves the old name or the whole key
        aside.replace(path)
        return fresh


def _fresh() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(BYTES)).decode()
