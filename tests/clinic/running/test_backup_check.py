"""A backup counts once it was restored: a dump of this very database, whole, cut off, old, and without its files."""

import inspect
import os
import signal
import subprocess
import tarfile
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from clinic.audit import chain
from clinic.audit.models import AccessLog, BackupCheck
from clinic.embedded import postgres
from clinic.running import backups
from intake.files.actions import remove_file
from intake.watchdog.wrong import what_is_wrong
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dumped(tmp_path, settings, monkeypatch, location, maya):
    """A clinic with a therapist and a sealed log, and last night's dump of it."""
    folder = tmp_path / "backups"  # the files of this test lie beside it
    folder.mkdir()
    tools = postgres.tool("pg_dump").parent
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    settings.BACKUPS_DIR = str(folder)
    guard = BaseDatabaseWrapper.ensure_connection  # of Django's tests: a database it was not told of is refused
    real = inspect.getclosurevars(guard).nonlocals["real_ensure_connection"]
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", real)
    AccessLog.objects.create(actor="staff", user=maya, page="case", subject="case")
    chain.seal()
    return dump_to(folder / "plumbline-2027-03-02.dump")


def dump_to(file):
    params = connection.get_connection_params()
    given = {f"PG{key.upper()}": str(params[key]) for key in backups.LIBPQ if params.get(key)}
    command = ["pg_dump", "--format=custom", f"--file={file}", f"--dbname={params['dbname']}"]
    subprocess.run(command, env={**os.environ, **given}, check=True)
    return file


def scratch_databases() -> list:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'plumbline_backup_check')")
        return cursor.fetchall()


def said(*words) -> str:
    out = StringIO()
    call_command("backup_check", *words, stdout=out)
    return out.getvalue()


def refused(*words) -> str:
    with pytest.raises(CommandError) as told:
        call_command("backup_check", *words, stdout=StringIO())
    return str(told.value)


def test_a_whole_backup_is_restored_compared_dropped_and_kept(dumped):
    assert "plumbline-2027-03-02.dump is whole" in said()
    kept = BackupCheck.objects.get()
    assert (kept.whole, kept.words) == (True, "")
    assert kept.rows > 0
    assert kept.made_at.timestamp() == pytest.approx(dumped.stat().st_mtime, abs=1)
    assert scratch_databases() == [], "the copy holds patients: it goes at once"


def test_one_that_is_cut_off_is_said_and_leaves_nothing_behind(dumped):
    whole = dumped.read_bytes()
    dumped.write_bytes(whole[: len(whole) // 2])
    assert "cannot be used. pg_restore could not restore it" in refused()
    assert not BackupCheck.objects.get().whole
    assert scratch_databases() == []


def test_a_log_that_was_changed_in_the_backup_or_since_is_found(dumped):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no trigger holds whoever may say this
        cursor.execute("DELETE FROM audit_accesslog")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert "Its access log has 1 rows up to number" in refused()


def test_a_row_whose_file_is_not_in_the_archive_is_found(dumped, location, tmp_path):
    file = factories.patient_file(factories.intake(at=location))
    newer = dump_to(dumped.parent / "newer.dump")
    assert "No archive of files" in refused(str(newer))
    files = tmp_path / "kept"
    (files / file.file.name).parent.mkdir(parents=True)
    assert "1 of 1 files that its rows name are not in kept" in refused(str(newer), "--files", str(files))
    (files / file.file.name).write_bytes(b"...")
    assert "1 files" in said(str(newer), "--files", str(files))
    with tarfile.open(dumped.parent / "files-2027-03-02.tar", "w") as archive:
        archive.add(files, arcname=".")
    assert "1 files" in said(), "as `tar -C $FILES_DIR -cf ... .` makes it, the newest of each"


def test_where_nothing_lies_that_is_said_and_where_nobody_looks_after_backups_a_dump_is_asked_for(settings, tmp_path):
    settings.BACKUPS_DIR = str(tmp_path)
    assert "No file whose name ends with .dump" in refused()
    settings.BACKUPS_DIR = ""
    assert refused() == "Name a dump, or set BACKUPS_DIR."
    assert refused(str(tmp_path / "x.dump")).endswith("x.dump is not there.")


def test_a_row_that_was_being_written_during_the_dump_is_no_fault(dumped, maya):
    """Its number was given out before the dump, its transaction ended after."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('audit_accesslog', 'id'))")
        number = cursor.fetchone()[0]
    AccessLog.objects.create(actor="staff", user=maya, page="case", subject="case")
    dump = dump_to(dumped.with_name("later.dump"))
    AccessLog.objects.create(pk=number, actor="staff", user=maya, page="case", subject="case")
    assert "is whole" in said(str(dump))


def test_a_file_deleted_between_dump_and_archive_is_no_fault(dumped, location, tmp_path):
    """The patient took it back meanwhile: the clinic names it no more."""
    file = factories.patient_file(factories.intake(at=location))
    newer = dump_to(dumped.parent / "newer.dump")
    assert remove_file(file.intake, file.public_id)
    (tmp_path / "kept").mkdir()
    assert "is whole" in said(str(newer), "--files", str(tmp_path / "kept"))
    later = dump_to(dumped.parent / "later.dump")
    assert "is whole" in said(str(later), "--files", str(tmp_path / "kept")), "its row stays, and names it for good"


# What is left behind --------------------------------------------------------------------------------------------------


@pytest.fixture
def made():
    """Make databases that are gone after the test."""
    names = []

    def make(name: str) -> None:
        names.append(name)
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')

    yield make
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def test_what_a_killed_run_left_is_dropped_but_not_what_another_clinic_looks_at(dumped, made):
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = 'postgres'")
        others = f"plumbline_backup_check_{cursor.fetchone()[0]}_a1"
    made("plumbline_backup_check_1")
    made(others)
    made("plumbline_backupXcheck_1")
    assert "is whole" in said()
    assert scratch_databases() == [(others,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = 'plumbline_backupXcheck_1'")
        assert cursor.fetchone() == (1,), "an underscore is no wildcard"


def test_one_runs_at_a_time(dumped):
    with backups._unhurried() as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [backups.ONE_AT_A_TIME])
        assert refused() == "Another backup_check is at work."
    assert not BackupCheck.objects.exists()
    assert "is whole" in said()


def test_whoever_ends_it_leaves_no_copy(dumped, monkeypatch):
    """A machine that is shut down, or cron's own limit, sends SIGTERM."""
    before = signal.getsignal(signal.SIGTERM)

    def ended(_files):
        assert len(scratch_databases()) == 1
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(backups, "_looked_at", ended)
    with pytest.raises(SystemExit) as code:
        said()
    assert code.value.code == 128 + signal.SIGTERM
    assert scratch_databases() == []
    assert signal.getsignal(signal.SIGTERM) == before


def test_no_limit_of_a_page_holds_for_the_copy(dumped, monkeypatch):
    limits = []

    def look(_files):
        for one in (connection, connections[backups.SCRATCH]):
            with one.cursor() as cursor:
                cursor.execute("SHOW statement_timeout")
                limits.append(cursor.fetchone()[0])
        return backups.Held(1, 0, 0)

    monkeypatch.setattr(backups, "_looked_at", look)
    said()
    assert limits == ["15s", "0"]


def test_a_copy_that_cannot_be_dropped_is_said_and_the_result_is_kept(dumped, monkeypatch):
    """It holds all patients: whoever runs the server has to take it away."""
    drop, names = backups._dropped, []
    unhurried = backups._unhurried

    def fails(name, *, force=False):
        names.append(name)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(backups, "_unhurried", away)
            return drop(name, force=force)

    @contextmanager
    def away():
        with unhurried():
            raise OperationalError

    monkeypatch.setattr(backups, "_dropped", fails)
    try:
        assert "could not be dropped" in refused()
        kept = BackupCheck.objects.get()
        assert kept.whole
        assert names[0] in kept.words
    finally:
        drop(names[0], force=True)
    assert scratch_databases() == []


def test_an_old_dump_that_was_copied_today_is_old(dumped):
    """Copying makes the file new, not what it holds."""
    later = dumped.stat().st_mtime + 9 * 24 * 3600
    os.utime(dumped, (later, later))
    said()
    assert BackupCheck.objects.get().made_at < timezone.now() + timedelta(days=2)


# Who hears of it ------------------------------------------------------------------------------------------------------


def proved(days: int, *, whole: bool = True) -> None:
    made = timezone.now() - timedelta(days=days)
    BackupCheck.objects.create(whole=whole, dump="a.dump", made_at=made, words="" if whole else "It is cut off.")


def backups_of(user=None) -> list[str]:
    return [fact.words for fact in what_is_wrong(page_of=user) if fact.part == "backups"]


def test_who_runs_the_server_and_the_manager_hear_of_backups_that_nobody_proved(settings, tmp_path, maya, ruth, client):
    settings.BACKUP_DAYS = 8
    assert backups_of() == [], "no folder is named: nobody promised a backup"
    assert client.get("/healthz").json()["backups"] is True
    settings.BACKUPS_DIR = str(tmp_path)
    assert backups_of() == backups_of(ruth) == ["No backup was ever restored"]
    assert client.get("/healthz").json()["backups"] is False
    assert client.get("/readyz").json() != {}, "and the pages go on"
    assert backups_of(maya) == [], "a therapist can do nothing about it"
    proved(9)
    assert backups_of() == ["The newest backup that could be restored is old"]
    proved(7)
    assert backups_of() == []
    proved(1, whole=False)
    assert backups_of() == ["The newest backup cannot be used"], "at once: it may be the disk"
    assert client.get("/healthz").json()["backups"] is False
    proved(1)
    assert backups_of() == []


def test_the_manager_reads_when_a_backup_was_proved_and_that_one_was_not(settings, tmp_path, location, ruth, sign_in):
    assert "backup" not in sign_in(ruth).get("/changes/").text.lower()
    settings.BACKUPS_DIR = str(tmp_path)
    proved(1)
    assert "was restored and is whole" in sign_in(ruth).get("/changes/").text
    proved(0, whole=False)
    page = sign_in(ruth).get("/changes/").text
    assert "cannot be used.</b> It is cut off." in page
