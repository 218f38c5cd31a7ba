"""Restoring a backup into a database of its own, looking whether it is whole, and keeping what was found.

A backup that was never restored is a hope. Nothing here touches the database of the clinic but for one row at the end.
"""

import logging
import os
import re
import secrets
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from clinic.audit import chain
from clinic.audit.models import AccessLog, AuditSeal, BackupCheck
from clinic.staff.models import Location, User

log = logging.getLogger(__name__)

SCRATCH = "backup"  # the name of the connection to the restored copy
LIBPQ = ("host", "hostaddr", "port", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey", "service")
NO_LIMIT = "-c statement_timeout=0"  # an index over a large table takes longer than a page may
PREFIX = "plumbline_backup_check_"
ONE_AT_A_TIME = 7_501_003  # any number nobody else locks in this database
ENDED_BY = (signal.SIGTERM, signal.SIGHUP)
CREATED = re.compile(r"^; Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)
LEFTOVERS = """
    SELECT datname FROM pg_database AS copy WHERE starts_with(datname, %s)
        AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datid = copy.oid)
        AND NOT EXISTS (SELECT FROM pg_database AS clinic WHERE clinic.datname <> current_database()
            AND starts_with(copy.datname, %s || clinic.oid || '_'))
"""


class NotRestorable(Exception):
    """The backup cannot bring the clinic back; the message says why, and names nobody."""


class AlreadyAtWork(Exception):
    """Another process restores a backup right now; nothing was looked at."""


@dataclass(frozen=True)
class Held:
    """What a restored backup holds.

    `older_by`: so many migrations of this code are not in it yet.
    """

    rows: int
    files: int
    older_by: int


def newest_dump(folder: Path) -> Path:
    """Return the dump that was made last; raises NotRestorable where none is."""
    dumps = sorted(folder.glob("*.dump"), key=lambda file: file.stat().st_mtime)
    if not dumps:
        raise NotRestorable(f"No file whose name ends with .dump lies in {folder}.")
    return dumps[-1]


def check_backup(dump: Path, files: Path | None = None) -> tuple[BackupCheck, Held | None]:
    """Restore `dump`, look at it, drop it again, and keep what was found.

    Raises AlreadyAtWork while another one does so.
    """
    began, held, words = time.monotonic(), None, []
    with _in_order(), _unhurried() as own:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s), oid FROM pg_database WHERE datname = current_database()",
                           [ONE_AT_A_TIME])  # fmt: skip
            alone, of_ours = cursor.fetchone()
        if not alone:
            raise AlreadyAtWork("Another backup_check is at work.")
        left = _drop_leftovers()
        name = f"{PREFIX}{of_ours}_{secrets.token_hex(6)}"
        try:
            held = _held_by(dump, name, files)
        except NotRestorable as reason:
            words.append(str(reason))
        finally:
            left += _dropped(name, force=True)
        made_at = _made_at(dump)
    kept = BackupCheck.objects.create(
        whole=held is not None,
        dump=dump.name[:200],
        made_at=made_at,
        rows=held.rows if held else 0,
        files=held.files if held else 0,
        seconds=round(time.monotonic() - began),
        words=" ".join([*left, *words])[:300],
    )
    return kept, held


@contextmanager
def _in_order() -> Iterator[None]:
    """Let whoever ends this process wait until the copy is gone."""

    def end(number: int, _frame: object) -> None:
        for one in ENDED_BY:
            signal.signal(one, signal.SIG_IGN)  # a second one would stop the drop
        raise SystemExit(128 + number)

    before = {one: signal.signal(one, end) for one in ENDED_BY}
    try:
        yield
    finally:
        for one, what in before.items():
            signal.signal(one, what)


def _settings_without_limit() -> dict[str, Any]:
    """Return how to reach the database without the limit of a page: the last word of `options` counts."""
    options = connection.settings_dict["OPTIONS"]
    unhurried = options | {"options": f"{options.get('options', '')} {NO_LIMIT}".strip()}
    return connection.settings_dict | {"OPTIONS": unhurried, "CONN_MAX_AGE": 0}


@contextmanager
def _unhurried() -> Iterator[BaseDatabaseWrapper]:
    """Have a connection to the clinic's database of one's own, closed afterwards."""
    own = connection.copy()
    own.settings_dict = _settings_without_limit()
    try:
        yield own
    finally:
        own.close()


def _drop_leftovers() -> list[str]:
    """Drop what a run left that was killed, and say of which that failed.

    Not what another clinic on this server is looking at: a name holds the number of the clinic's database.
    """
    with _unhurried() as own, own.cursor() as cursor:
        cursor.execute(LEFTOVERS, [PREFIX, PREFIX])
        names = [name for (name,) in cursor.fetchall()]
    return [words for name in names for words in _dropped(name)]


def _dropped(name: str, *, force: bool = False) -> list[str]:
    """Drop this copy; returns a sentence where that failed."""
    try:
        with _unhurried() as own, own.cursor() as cursor:
            quoted = own.ops.quote_name(name)
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted}{' WITH (FORCE)' if force else ''}")
    except Error as error:
        log.error("The copy %s could not be dropped: %s", name, type(error).__name__)
        return [f"The copy {name} could not be dropped and may hold patients: drop it by hand."]
    return []


def _made_at(dump: Path) -> datetime:
    """Return when the dump was made: the time of its file, but no later than its archive may be.

    Copying makes a file new. The archive knows the clock on the wall and no zone: none is further behind than 12 hours.
    """
    of_file = datetime.fromtimestamp(dump.stat().st_mtime, UTC)
    try:
        listed = subprocess.run(["pg_restore", "--list", str(dump)], capture_output=True)
    except OSError:
        return of_file
    found = CREATED.search(listed.stdout.decode(errors="replace"))
    return min(of_file, datetime.fromisoformat(f"{found[1]}+00:00") + timedelta(hours=12)) if found else of_file


def _held_by(dump: Path, name: str, files: Path | None) -> Held:
    """Restore the dump into a database of this name, and look at it.

    It is at `connections[SCRATCH]` meanwhile.
    """
    try:
        with _unhurried() as own, own.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {own.ops.quote_name(name)} TEMPLATE template0 ENCODING 'UTF8'")
    except Error:
        raise NotRestorable("No database could be made to restore into; does the role have CREATEDB?") from None
    try:
        _restore(dump, name)
        connections.databases[SCRATCH] = _settings_without_limit() | {"NAME": name}
        return _looked_at(files or _files_beside(dump))
    except Error as error:
        raise NotRestorable(f"What was restored cannot be read: {type(error).__name__}.") from None
    finally:
        if SCRATCH in connections.databases:
            connections[SCRATCH].close()
            del connections[SCRATCH], connections.databases[SCRATCH]


def _restore(dump: Path, name: str) -> None:
    """Run pg_restore.

    How to sign in goes by its environment, where no other account can read it.
    """
    params = connection.get_connection_params()
    given = {f"PG{key.upper()}": str(params[key]) for key in LIBPQ if params.get(key) not in (None, "")}
    command = ["pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={name}", str(dump)]
    try:
        ran = subprocess.run(command, env={**os.environ, **given, "PGOPTIONS": NO_LIMIT}, capture_output=True)
    except OSError:
        raise NotRestorable(
            "pg_restore is not installed (on Debian and Ubuntu: apt install postgresql-client)."
        ) from None
    if ran.returncode:
        raise NotRestorable("pg_restore could not restore it: the file is damaged, cut off, or of a newer PostgreSQL.")


def _looked_at(files: Path) -> Held:
    """Compare the copy with the clinic, with itself and with the files."""
    older_by = _migrations_not_in_it()
    if not (_all(User).exists() and _all(Location).exists()):
        raise NotRestorable("It holds nobody who works here, or no location.")
    rows = sum(_all(model).count() for model in _tables())
    try:
        chain.verify(using=SCRATCH)
    except chain.Broken as broken:
        raise NotRestorable(f"Its access log is broken. {broken}") from None
    # Only as far as it is sealed: of later rows one with a lower number may have been committed after the dump
    last = _all(AuditSeal).order_by("-pk").values_list("last_row", flat=True).first() or 0
    then, now = _all(AccessLog).filter(pk__lte=last).count(), AccessLog.objects.filter(pk__lte=last).count()
    if then != now:
        raise NotRestorable(f"Its access log has {then} rows up to number {last}, the clinic's has {now}.")
    return Held(rows, _files_are_there(files), older_by)


def _all(model: type[models.Model]) -> models.QuerySet:
    return model._base_manager.using(SCRATCH)


def _tables() -> list[type[models.Model]]:
    """Return the tables that every version since the dump had.

    A newer one is not in it.
    """
    there = set(connections[SCRATCH].introspection.table_names())
    return [model for model in apps.get_models() if model._meta.managed and model._meta.db_table in there]


def _migrations_not_in_it() -> int:
    loader = (executor := MigrationExecutor(connections[SCRATCH])).loader
    if not loader.applied_migrations:
        raise NotRestorable("It holds no table of Plumbline.")
    ours = {key for key in loader.applied_migrations if key[0] in loader.migrated_apps}
    if unknown := ours - set(loader.disk_migrations) - set(loader.replacements):
        raise NotRestorable(
            f"It was made by a newer version than this one: {len(unknown)} migrations are unknown here."
        )
    return len(executor.migration_plan(loader.graph.leaf_nodes()))


def _files_beside(dump: Path) -> Path:
    """Return the archive of files that was made last in the folder of the dump."""
    archives = sorted(dump.parent.glob("files-*.tar*"), key=lambda file: file.stat().st_mtime)
    return archives[-1] if archives else dump.parent / "files"


def _files_are_there(place: Path) -> int:
    """Return how many files rows name.

    Raises NotRestorable when one of them is not in the archive or folder. One that the clinic names no more was deleted
    between dump and archive, and is not missed.
    """
    named = _named(SCRATCH)
    kept = _names_in(place) if named else set()
    if (missing := named - kept) and (missing := missing & _named(DEFAULT_DB_ALIAS)):
        raise NotRestorable(f"{len(missing)} of {len(named)} files that its rows name are not in {place.name}.")
    return len(named)


def _named(using: str) -> set[str]:
    """Return the names of files that must be there, of tables that the copy has.

    Not those of history, nor of a row that was taken back: their files are deleted or moved, and the rows stay.
    """
    named = set()
    for model in _tables():
        if issubclass(model, pghistory.models.Event):
            continue
        fields = model._meta.concrete_fields
        rows = model._base_manager.using(using)
        if any(field.name == "removed_at" for field in fields):
            rows = rows.filter(removed_at=None)
        for field in fields:
            if isinstance(field, models.FileField):
                named |= set(rows.exclude(**{field.name: ""}).values_list(field.name, flat=True))
    return named - {None}


def _names_in(place: Path) -> set[str]:
    if place.is_dir():
        return {str(file.relative_to(place)) for file in place.rglob("*") if file.is_file()}
    try:
        with tarfile.open(place) as archive:
            return {member.name.removeprefix("./") for member in archive if member.isfile()}
    except FileNotFoundError:
        raise NotRestorable("No archive of files (files-*.tar) and no folder 'files' lies beside it.") from None
    except (tarfile.TarError, OSError, EOFError):
        raise NotRestorable(f"{place.name} is no archive of files, or it is cut off.") from None


def looked_after() -> bool:
    """Say whether this clinic told us where its backups lie."""
    return bool(settings.BACKUPS_DIR)
