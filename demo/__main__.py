"""The whole clinic on one machine: servers, mail sink, web, worker and beat, until Ctrl-C.

    python -m demo [--port 8000]

Every child dies with this process, and when one child dies everything stops and says so.
"""

import argparse
import http.client
import importlib.util
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from clinic.embedded.both import servers
from clinic.embedded.processes import last_lines, spawn, stop, wait_until
from clinic.embedded.running import HOW, STATE, CannotStart, running_urls

HOUSE = Path(__file__).resolve().parents[1]
LOGS = STATE / "logs"
SHARED_MEMORY = "/dev/shm"  # noqa: S108  gunicorn's heartbeat files must not wait for a disk
WRONG_SETTING = 3  # how every process ends when clinic/settings.py refuses a value; it has printed one sentence
WEB = ["--workers", 2, "--threads", 4, "--worker-class", "gthread", "--graceful-timeout", 5, "--no-control-socket"]
WORKER = ["worker", "--concurrency", 2, "--without-gossip", "--without-mingle", "--without-heartbeat"]


class Stopped(Exception):
    """Ctrl-C, or a signal that asks us to stop."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _asked_to_stop)
    try:
        with ExitStack() as stack:
            children = _start(stack, port)
            _watch(children)
    except Stopped:
        print("Stopped; nothing is left running.", flush=True)
        return 0
    except CannotStart as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1


def _asked_to_stop(number: int, frame: Any) -> None:
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)  # stopping in order takes a moment and must not be broken off
    print("\nStopping ...", flush=True)
    raise Stopped


def _start(stack: ExitStack, port: int) -> dict:
    """Start everything, in order; what it returns is watched. `stack` stops it again, last started first."""
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"  {time.monotonic() - began:5.1f} s  {what}", flush=True)

    if already := running_urls():
        raise CannotStart(f"The demo of this folder already runs at {already.get('SITE_URL')}; Ctrl-C there stops it.")
    door = stack.enter_context(_reserve(port))
    say("starting PostgreSQL and Valkey")
    running = stack.enter_context(servers())
    children = dict(running.processes)
    settings = {"PLUMBLINE_ENV": "demo", "SITE_URL": f"http://localhost:{port}", **running.urls}

    def start(name: str, *command: Any, **options: Any) -> None:
        environment = {**os.environ, **settings, "PYTHONUNBUFFERED": "1"}
        process = spawn(
            [sys.executable, "-m", *command], log=LOGS / f"{name}.log", cwd=HOUSE, env=environment, **options
        )
        stack.callback(stop, process)
        children[name] = process

    if mail := os.environ.get("EMAIL_URL"):
        settings["EMAIL_URL"] = mail
    elif importlib.util.find_spec("aiosmtpd") is None:
        raise CannotStart(f"The demo's mail server is not installed; {HOW.format('EMAIL_URL')}.")
    else:
        with socket.create_server(("127.0.0.1", 0)) as mail_door:
            settings["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_door.getsockname()[1]}"
            fd = mail_door.fileno()
            start("mail", "demo.mail.sink", "--fd", fd, "--folder", STATE / "mail", pass_fds=[fd])

    static_files = _command(stack, settings, "collectstatic", "--no-input")  # needs no database: goes on beside
    say("bringing the database up to date")
    _command(stack, settings, "migrate", "--no-input")()
    say("filling the demo clinic")
    sign_ins = _command(stack, settings, "demo_clinic")()
    static_files()

    say("starting web, worker, watch and beat")
    heartbeat = ["--worker-tmp-dir", SHARED_MEMORY] if os.access(SHARED_MEMORY, os.W_OK) else []
    address = ["--bind", f"fd://{door.fileno()}"]
    at_once = {"on_parent_death": signal.SIGQUIT}  # SIGTERM would let them finish what they are at
    start("worker", "celery", "-A", "clinic", *WORKER, **at_once)
    start("watch", "manage", "sweep_messages", "--watch")
    start("beat", "celery", "-A", "clinic", "beat", "--schedule", STATE / "beat")
    start("web", "gunicorn", "clinic.wsgi", *address, *WEB, *heartbeat, pass_fds=[door.fileno()], **at_once)
    here = wait_until(lambda: _ready(port) or _ended(children), children["web"], patience=180, pause=0.2)
    if not here or _ended(children):
        raise CannotStart(_what_went_wrong(children))
    running.announce(settings)
    say("ready")
    print(f"\n{sign_ins.strip()}\nMails       http://localhost:{port}/demo/mail/\n")
    print("Ctrl-C stops everything.", flush=True)
    return children


def _watch(children: dict) -> None:
    """Returns never: ends by `Stopped`, or by `CannotStart` when a child ended on its own."""
    while not _ended(children):
        time.sleep(0.5)
    raise CannotStart(_what_went_wrong(children))


def _ended(children: dict) -> list[str]:
    return [name for name, process in children.items() if process.poll() is not None]


def _what_went_wrong(children: dict) -> str:
    if not (ended := _ended(children)):
        return f"The web server did not get ready; look into {LOGS}."
    name = ended[0]
    log = LOGS / f"{name}.log"
    code = children[name].returncode
    return f"The {name} process ended by itself (exit code {code}), so all stops. From {log}:\n{last_lines(log)}"


def _reserve(port: int) -> socket.socket:
    """Hold the port from the first moment; the web server listens on it once there is something to show."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind(("127.0.0.1", port))
    except OSError as error:
        door.close()
        if isinstance(error, PermissionError):
            raise CannotStart(f"Port {port} is reserved for the system; try --port 8000.") from error
        raise CannotStart(f"Port {port} is in use by another program; try --port {port + 1}.") from error
    return door


def _command(stack: ExitStack, settings: dict, *words: str) -> Callable[[], str]:
    """Start a command of manage.py; the function returned waits for its end and gives what it printed."""
    log = LOGS / f"{words[0]}.log"
    process = spawn([sys.executable, HOUSE / "manage.py", *words], log=log, cwd=HOUSE, env={**os.environ, **settings})
    stack.callback(stop, process)

    def finished() -> str:
        code = process.wait()
        if code == WRONG_SETTING:
            raise CannotStart(log.read_text().strip())
        if code:
            raise CannotStart(f"`manage.py {words[0]}` failed; the last lines of {log}:\n{last_lines(log)}")
        return log.read_text()

    return finished


def _ready(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/healthz")
        told = json.load(line.getresponse())
        return all(
            told[part] for part in ("database", "broker", "sweep", "worker")
        )  # people may be late in its stories
    except (OSError, ValueError):
        return False
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(main())
