"""Whoever changes the access log afterwards is found out, even with every right on the database."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from clinic.audit import chain, tasks
from clinic.audit.models import AccessLog, AuditSeal
from tests.conftest import guards_against_truncate


def look(times=1, **fields):
    """Rows as pages write them."""
    return [
        AccessLog.objects.create(
            **{"actor": "system", "page": "case", "subject": "case", "subject_id": "é7", "patient_id": 4, **fields}
        ).pk
        for _ in range(times)
    ]


@pytest.fixture
def rows(db):
    """Nine sealed rows in three seals of three, and one row that is not sealed yet."""
    ids = []
    for _ in range(3):
        ids += look(3)
        assert chain.seal() == 3
    look()
    return ids


def as_a_superuser_without_triggers(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        assert cursor.rowcount
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def what_is_said() -> str:
    with pytest.raises(CommandError) as stopped:
        call_command("verify_audit")
    assert stopped.value.returncode == 1
    return str(stopped.value)


def test_an_untouched_log_is_whole(rows, capsys):
    call_command("verify_audit")
    said = capsys.readouterr().out
    assert "9 rows in 3 seals, 1 not sealed yet" in said
    assert AuditSeal.objects.last().digest in said


def test_an_empty_log_is_whole(db, capsys):
    call_command("verify_audit")
    assert "0 rows in 0 seals" in capsys.readouterr().out


@pytest.mark.parametrize("column", chain.COLUMNS[1:])
def test_one_changed_value_is_found_and_the_row_named(rows, column, maya):
    values = {"at": "2001-01-01", "user_id": maya.pk, "patient_id": 5, "location_id": 1}
    as_a_superuser_without_triggers(
        f"UPDATE audit_accesslog SET {column} = %s WHERE id = %s", values.get(column, "other"), rows[4]
    )
    assert f"row {rows[4]} was changed" in what_is_said()


def test_every_column_of_a_row_is_sealed():
    assert {field.attname for field in AccessLog._meta.concrete_fields} == set(chain.COLUMNS)


@pytest.mark.parametrize("place", [0, 4, 8])
def test_a_deleted_row_is_missed_and_named(rows, place):
    as_a_superuser_without_triggers("DELETE FROM audit_accesslog WHERE id = %s", rows[place])
    assert f"row {rows[place]} is missing" in what_is_said()


def test_two_rows_that_changed_places_are_found(db):
    first, second = look(subject_id="one") + look(subject_id="two")
    chain.seal()
    for old, new in ((first, -1), (second, first), (-1, second)):
        as_a_superuser_without_triggers("UPDATE audit_accesslog SET id = %s WHERE id = %s", new, old)
    assert f"row {first} was changed" in what_is_said()


def test_a_row_slipped_in_afterwards_is_found(rows):
    gap = look()[0]
    as_a_superuser_without_triggers("UPDATE audit_accesslog SET id = %s WHERE id = %s", rows[0] - 1, gap)
    assert f"row {rows[0] - 1} was added later" in what_is_said()


def test_a_changed_row_whose_seal_was_made_to_fit_breaks_the_next_seal(rows):
    as_a_superuser_without_triggers("UPDATE audit_accesslog SET page = 'x' WHERE id = %s", rows[0])
    first, second, _third = AuditSeal.objects.all()
    prints = b"".join(chain._fingerprints(0, first.last_row))
    first.fingerprints = prints
    as_a_superuser_without_triggers(
        "UPDATE audit_auditseal SET fingerprints = %s, digest = %s WHERE id = %s",
        prints,
        chain._digest(first, ""),
        first.pk,
    )
    assert f"Seal {second.pk} " in what_is_said()


def test_a_missing_seal_is_found(rows):
    _first, second, third = AuditSeal.objects.all()
    as_a_superuser_without_triggers("DELETE FROM audit_auditseal WHERE id = %s", second.pk)
    assert f"Seal {third.pk} " in what_is_said()


def test_a_tail_cut_off_is_found_by_a_digest_kept_elsewhere(rows):
    *_others, last = AuditSeal.objects.all()
    as_a_superuser_without_triggers("DELETE FROM audit_auditseal WHERE id = %s", last.pk)
    as_a_superuser_without_triggers("DELETE FROM audit_accesslog WHERE id >= %s", last.first_row)
    call_command("verify_audit")
    with pytest.raises(CommandError, match="cut off"):
        call_command("verify_audit", head=last.digest)


def test_the_head_of_every_seal_is_in_the_log_of_the_process(db, caplog):
    look()
    with caplog.at_level("INFO"):
        chain.seal()
    assert AuditSeal.objects.get().digest in caplog.text


@pytest.mark.parametrize("table", ["audit_accesslog", "audit_auditseal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_or_drop_a_line(rows, table, statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    call_command("verify_audit")


def test_sealing_again_seals_nothing_twice(rows):
    assert chain.seal() == 1
    assert chain.seal() == 0
    call_command("verify_audit")


def test_many_rows_are_sealed_in_pieces(db, monkeypatch):
    monkeypatch.setattr(chain, "MOST_ROWS", 4)
    look(10)
    assert chain.seal() == 10
    assert list(AuditSeal.objects.values_list("rows", flat=True)) == [4, 4, 2]
    assert chain.verify().rows == 10


@pytest.mark.django_db(transaction=True)
def test_a_row_written_before_but_committed_after_a_seal_is_never_left_out():
    """Ids are given out in order and committed in any order."""
    look()
    written, go_on = Event(), Event()

    def slow_page():
        with transaction.atomic():
            look()
            written.set()
            go_on.wait(10)
        connections.close_all()

    with ThreadPoolExecutor(1) as other:
        page = other.submit(slow_page)
        assert written.wait(10)
        assert chain.seal() == 0  # it does not wait long, and seals nothing rather than too much
        go_on.set()
        page.result()
    look()
    assert chain.seal() == 3
    assert chain.verify().rows == 3


@pytest.mark.django_db(transaction=True)
def test_eight_sealers_and_four_writers_at_once_leave_one_whole_chain():
    def write(_):
        look(25)
        connections.close_all()

    def seal(_):
        for _ in range(5):
            chain.seal()
        connections.close_all()

    with ThreadPoolExecutor(12) as crowd:
        work = [crowd.submit(write, n) for n in range(4)] + [crowd.submit(seal, n) for n in range(8)]
        for one in work:
            one.result()
    chain.seal()
    assert (chain.verify().rows, chain.verify().unsealed) == (100, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", ["INFO", "ERROR"])
def test_the_digest_stands_in_the_log_of_the_worker_at_every_level(workers, monkeypatch, tmp_path, level):
    """It is worth something only outside the database, so no setting keeps it out of the log."""
    monkeypatch.setenv("LOG_LEVEL", level)
    look(3)
    with workers(beat=False):
        tasks.seal.delay()
        end = time.monotonic() + 60
        while "Access log sealed" not in (log := (tmp_path / "worker.log").read_text()):
            assert time.monotonic() < end, log
            time.sleep(0.2)
    assert AuditSeal.objects.get().digest in log


# Emptied at once ------------------------------------------------------------------------------------------------------


def tables_that_only_grow() -> list[str]:
    """Every table whose rows a trigger keeps from being changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname ~ '(only_grow|never_changes)' AND tgtype & 1 = 1"
        )
        return sorted(name for (name,) in cursor.fetchall())


def test_no_table_that_only_grows_is_emptied_at_once(db):
    guards_against_truncate("ENABLE")  # rolled back with the test
    tables = tables_that_only_grow()
    assert {"intake_contact", "intake_casehistory", "referrals_referralhistory"} < set(tables)
    assert {"audit_accesslog", "audit_auditseal", "intake_consent", "referrals_referralmove"} < set(tables)
    for table in tables:
        with (
            pytest.raises(DatabaseError, match="Cannot truncate"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"TRUNCATE {table} CASCADE")


PASSING = {  # what is forgotten after a while anyway, or made anew: nothing a clinic would look for later
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "intake_answercode",
    "intake_leftout",
    "intake_unsentpage",
    "links_formstart",
    "outbox_mailchoice",  # what a manager chose; who did, and what was before, stands among the changes
    "links_linkrequest",
    "mfa_authenticator",
    "outbox_sweepbeat",
    "referrals_savedlist",
    "staff_handedovercode",
    "staff_resetrequest",
    "staff_placeinline",
    "staff_signintry",
    "staff_spentcode",
    "staff_user_locations",
    "typed_typedwords",
}


def test_nothing_but_what_passes_is_emptied_at_once_even_with_all_that_hangs_on_it(db):
    """Calls made, verdicts on flags, reports, who changed what: a new table is here or it is guarded."""
    guards_against_truncate("ENABLE")
    emptied = set()
    for table in connection.introspection.table_names():
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
            emptied.add(table)
            transaction.set_rollback(True)
    assert emptied == PASSING


def test_emptying_a_table_that_evidence_hangs_on_is_refused_too(db):
    guards_against_truncate("ENABLE")
    with pytest.raises(DatabaseError, match="Cannot truncate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE intake_patient CASCADE")
