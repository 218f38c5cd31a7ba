"""Keys for a machine that was not given any: made once, kept in `.state/`, readable by the owner only.

Production never reads them; there every key comes from the environment.
"""

import base64
import os
import secrets
from pathlib import Path

KEYS = Path(__file__).resolve().parent.parent / ".state" / "keys"


def local_key(name: str) -> str:
    """32 random bytes as URL-safe base64: the same on every call on this machine, new on another."""
    path = KEYS / name
    fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    try:
        KEYS.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    except OSError:  # a read-only checkout: commands that need no memory between runs still work
        return fresh
    with os.fdopen(handle, "w") as file:
        file.write(fresh)
    return fresh
