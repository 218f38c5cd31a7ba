"""Restoring a backup into a database of its own, looking whether it is whole, and keeping what was found.

A backup that was never restored is a hope. Nothing here touches the database of the clinic but for one row at the end.
"""

import os
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import Error, connection, connections, models
from django.db.migrations.executor import MigrationExecutor

from clinic.audit import chain
from clinic.audit.models import AccessLog, BackupCheck
from clinic.staff.models import Location, User

SCRATCH = "backup"  # the name of the connection to the restored copy
LIBPQ = ("host", "hostaddr", "port", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey", "service")
NO_LIMIT = "-c statement_timeout=0"  # an index over a large table takes longer than a page may


class NotRestorable(Exception):
    """The backup cannot bring the clinic back; the message says why, and names nobody."""


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
    """Restore `dump`, look at it, drop it again, and keep what was found."""
    began, held, words = time.monotonic(), None, ""
    made_at = datetime.fromtimestamp(dump.stat().st_mtime, UTC)
    try:
        with _restored(dump):
            held = _looked_at(files or _files_beside(dump))
    except NotRestorable as reason:
        words = str(reason)
    kept = BackupCheck.objects.create(
        whole=held is not None,
        dump=dump.name[:200],
        made_at=made_at,
        rows=held.rows if held else 0,
        files=held.files if held else 0,
        seconds=round(time.monotonic() - began),
        words=words[:300],
    )
    return kept, held


@contextmanager
def _restored(dump: Path) -> Iterator[None]:
    """Have the dump in a database that is gone afterwards, whatever happened.

    It is at `connections[SCRATCH]`.
    """
    name = f"plumbline_backup_check_{os.getpid()}"
    quoted = connection.ops.quote_name(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8'")
    except Error:
        raise NotRestorable("No database could be made to restore into; does the role have CREATEDB?") from None
    try:
        _restore(dump, name)
        connections.databases[SCRATCH] = connection.settings_dict | {"NAME": name, "CONN_MAX_AGE": 0}
        yield
    except Error as error:
        raise NotRestorable(f"What was restored cannot be read: {type(error).__name__}.") from None
    finally:
        if SCRATCH in connections.databases:
            connections[SCRATCH].close()
            del connections[SCRATCH], connections.databases[SCRATCH]
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")


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
    last = _all(AccessLog).order_by("-pk").values_list("pk", flat=True).first() or 0
    then, now = _all(AccessLog).count(), AccessLog.objects.filter(pk__lte=last).count()
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

    Raises NotRestorable when one of them is not in the archive or folder.
    """
    named = {
        name
        for model in _tables()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField)
        for name in _all(model).exclude(**{field.name: ""}).values_list(field.name, flat=True)
        if name
    }
    kept = _names_in(place) if named else set()
    if missing := named - kept:
        raise NotRestorable(f"{len(missing)} of {len(named)} files that its rows name are not in {place.name}.")
    return len(named)


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
