"""A value that would give patients away, or that cannot work, stops every start with one sentence that names it.

Each row is the example of `.env.example` with its keys filled in and one thing changed.
"""

import json
import os
import re
import subprocess
import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[3]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")  # of this process; no setting comes from it


def key(name: str) -> str:
    """A key nobody would guess who does not read this file; the same in every process of a test run."""
    return urlsafe_b64encode(sha256(f"a key for tests: {name}".encode()).digest()).decode()


ONE, OTHER, FIELD = key("one"), key("other"), key("field")


def example(tmp_path) -> dict[str, str]:
    """The lines of `.env.example` as a shell reads them, with keys and a folder of this test."""
    lines = re.findall(r'^([A-Z_]+)="?(.*?)"?$', (HOUSE / ".env.example").read_text(), re.MULTILINE)
    given = {name: os.environ[name] for name in KEPT if name in os.environ}
    keys = {"SECRET_KEY": ONE, "LINK_KEY": OTHER, "FIELD_KEYS": FIELD}
    return given | dict(lines) | keys | {"FILES_DIR": str(tmp_path / "files")}


def starts(tmp_path, rows: list[dict]) -> list[dict]:
    """What starting says with the example and each of these changes; None takes a setting away."""
    environments = []
    for changed in rows:
        given = example(tmp_path) | changed
        environments.append({name: value for name, value in given.items() if value is not None})
    ran = subprocess.run(
        [sys.executable, "-m", "tests.starts"],
        cwd=HOUSE,
        input=json.dumps(environments),
        env={name: os.environ[name] for name in KEPT if name in os.environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)


POSTGRES = "postgresql://plumbline:password@{}/plumbline"
BAD = [
    ("PLUMBLINE_ENV", "prod"),
    ("PLUMBLINE_ENV", None),
    ("MORNING_MAIL", "24"),
    ("MORNING_MAIL", "early"),
    ("MOST_MAILS_A_DAY", "0"),
    ("BOUNCE_ADDRESS", "Bounces <bounces@clinic.example>"),
    ("BOUNCE_MAILBOX", "imap://bounces:word@mail.clinic.example"),
    ("BOUNCE_MAILBOX", "https://mail.clinic.example"),
    ("MAIL_HOOK_KEYS", "somebody:0123456789abcdef0123"),
    ("MAIL_HOOK_KEYS", "plain:short"),
    ("MOST_MAILS_A_DAY", "some"),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "a" * 50),
    ("SECRET_KEY", "changeme-" * 6),
    ("SECRET_KEY", "abcdefghijklmnopqrstuvwxyz0123456789"),
    ("SECRET_KEY", "django-insecure-8x!k2v9q0z7w5m3n1b4c6l8p0o9i7u"),
    ("SECRET_KEY", ONE + "\n"),
    ("LINK_KEY", ONE),
    ("LINK_KEY", "0123456789" * 5),
    ("FIELD_KEYS", "not-a-key"),
    ("FIELD_KEYS", urlsafe_b64encode(bytes(32)).decode()),
    ("FIELD_KEYS", f"{FIELD},{FIELD}"),
    ("FIELD_KEYS", ","),
    ("SITE_URL", "http://intake.clinic.example"),
    ("SITE_URL", "https://elsewhere.example"),
    ("SITE_URL", "https://user:password@intake.clinic.example"),
    ("SITE_URL", "https://intake.clinic.example/plumbline?x=1"),
    ("SITE_URL", "https://intake.clinic.example\nX-Evil: 1"),
    ("SITE_URL", "https://"),
    ("SITE_URL", "https://intake.clinic.example:99999"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "intake.clinic.example,*"),
    ("ALLOWED_HOSTS", ".clinic.example"),
    ("ALLOWED_HOSTS", "https://intake.clinic.example"),
    ("ALLOWED_HOSTS", "intake.clinic.example evil.example"),
    ("ALLOWED_HOSTS", ","),
    ("DATABASE_URL", "mysql://db.clinic.example/plumbline"),
    ("DATABASE_URL", POSTGRES.format("db.clinic.example")),
    ("DATABASE_URL", POSTGRES.format("10.0.0.5") + "?sslmode=prefer"),
    ("DATABASE_URL", POSTGRES.format("db.clinic.example") + "?sslmode=disable"),
    ("DATABASE_URL", "postgresql:///plumbline?host=db.clinic.example"),
    ("DATABASE_URL", "postgresql://localhost/plumbline?hostaddr=10.0.0.5"),
    ("DATABASE_URL", "postgresql://localhost/"),
    ("DATABASE_URL", "postgresql://localhost:port/plumbline"),
    ("BROKER_URL", "kafka://mq.example"),
    ("BROKER_URL", "redis://:password@redis.clinic.example:6379/0"),
    ("BROKER_URL", "amqp://user:password@mq.clinic.example//"),
    ("BROKER_URL", "rediss://:password@redis.clinic.example:6379/0?ssl_cert_reqs=none"),
    ("BROKER_URL", "rediss://:password@redis.clinic.example:6379/0?ssl_cert_reqs=required&ssl_cert_reqs=none"),
    ("CACHE_URL", "rediss://:password@redis.clinic.example:6379/1?ssl_check_hostname=false"),
    ("BROKER_URL", "redis://localhost:6379/0;redis://redis.clinic.example:6379/0"),
    ("BROKER_URL", "redis://localhost:port/0"),
    ("CACHE_URL", "redis://redis.clinic.example:6379/1"),
    ("CACHE_URL", "memcached://localhost:11211"),
    ("CACHE_URL", "redis://localhost:99999/1"),
    ("CACHE_URL", "redis://localhost:6379/one"),
    ("CACHE_URL", "localhost:6379"),
    ("EMAIL_URL", "mail.example"),
    ("EMAIL_URL", "smtp://user:password@mail.clinic.example:25"),
    ("EMAIL_URL", "console://"),
    ("EMAIL_URL", "dummy://"),
    ("EMAIL_URL", "submission://user:password@:587"),
    ("EMAIL_URL", "submission://mail.clinic.example:port"),
    ("FROM_EMAIL", "Riverside <no-reply@clinic.example>\nBcc: everyone@evil.example"),
    ("FROM_EMAIL", "Riverside Physical Therapy"),
    ("FROM_EMAIL", "a@clinic.example, b@clinic.example"),
    ("FROM_EMAIL", "no-reply@localhost"),
    ("MESSAGE_ID_DOMAIN", "clinic.example\r\nBcc: a@evil.example"),
    ("MESSAGE_ID_DOMAIN", "not a domain"),
    ("ORGANIZATION", "Riverside\nBcc: a@evil.example"),
    ("ORGANIZATION", "  "),
    ("TRUSTED_PROXIES", "one"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "10.0.0.0/33"),
    ("TRUSTED_PROXIES", "1000"),
    ("FILES_DIR", "/dev/null/files"),
    ("FILES_DIR", "files"),
    ("FILES_DIR", "/proc/plumbline"),
    ("FILES_DIR", str(HOUSE / "static" / "files")),
    ("CONSENTS_DIR", "/nowhere/consents"),
    ("CONSENTS_DIR", "consents"),
    ("SCANNER_URL", "tcp://clamav.clinic.example:3310"),
    ("SCANNER_URL", "tcp://localhost:port"),
    ("SCANNER_URL", "http://localhost:3310"),
    ("FAX_URL", "http://faxes.example.org/faxes"),
    ("FAX_URL", "faxes.example.org"),
    ("STAFF_IDLE_MINUTES", "0"),
    ("PATIENT_IDLE_MINUTES", "600"),
    ("FILE_MEGABYTES", "0"),
    ("FILES_EACH_INTAKE", "-1"),
    ("FILES_MEGABYTES", "1"),
    ("FILES_KEEP_FREE_MEGABYTES", "-500"),
    ("SWEEPS_AT_ONCE", "0"),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_LEVEL", "CRITICAL"),
]
HERE = {"DATABASE_URL": "postgresql://localhost/plumbline"}
SOMEWHERE = {"DATABASE_URL": "postgresql:///plumbline"}
LED_ELSEWHERE = [  # what PostgreSQL's client and Celery read beside our own settings
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://localhost/plumbline?service=remote"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql:///plumbline?service=remote&sslmode=prefer"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql:///plumbline?host=/run/postgresql,db.clinic.example"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql:///plumbline?host=/run/postgresql&host=db.clinic.example"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://%2Frun%2Fpostgresql/plumbline?hostaddr=10.0.0.5"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://localhost,db.clinic.example/plumbline"}),
    ("DATABASE_URL", {"DATABASE_URL": POSTGRES.format("db.clinic.example"), "PGSSLMODE": "allow"}),
    ("PGSERVICE", {"PGSERVICE": "remote"}),
    ("PGSERVICE", HERE | {"PGSERVICE": "remote"}),
    ("PGHOSTADDR", HERE | {"PGHOSTADDR": "10.0.0.5"}),
    ("PGHOSTADDR", SOMEWHERE | {"PGHOSTADDR": "127.0.0.1,10.0.0.5"}),
    ("PGHOST", SOMEWHERE | {"PGHOST": "db.clinic.example"}),
    ("PGHOST", SOMEWHERE | {"PGHOST": "/run/postgresql,db.clinic.example"}),
    ("PGHOST", SOMEWHERE | {"PGHOST": "db.clinic.example", "PGSSLMODE": "prefer"}),
    ("CELERY_BROKER_URL", {"CELERY_BROKER_URL": "redis://:password@redis.clinic.example:6379/0"}),
    ("CELERY_BROKER_READ_URL", {"CELERY_BROKER_READ_URL": "amqp://user:password@mq.clinic.example//"}),
    ("CELERY_BROKER_WRITE_URL", {"CELERY_BROKER_WRITE_URL": "redis://redis.clinic.example:6379/0"}),
    ("CELERY_RESULT_BACKEND", {"CELERY_RESULT_BACKEND": "redis://redis.clinic.example:6379/0"}),
]


def test_a_production_with_a_bad_value_does_not_start(tmp_path):
    started = []
    rows = [(name, {name: value}) for name, value in BAD] + LED_ELSEWHERE
    found_by_row = zip(rows, starts(tmp_path, [changed for _name, changed in rows]), strict=True)
    for (name, value), found in found_by_row:
        said = found["said"]
        one_sentence = found["code"] == 3 and name in said and said.count("\n") == 1
        tells_a_secret = any(secret in said for secret in (ONE, OTHER, FIELD, "plumbline:password"))
        if not one_sentence or tells_a_secret:
            started.append((name, value, found))
    assert started == []


GOOD = [
    {},
    {"ALLOWED_HOSTS": "intake.clinic.example,10.0.0.7,[::1],localhost"},
    {"SITE_URL": "https://intake.clinic.example:8443/"},
    {"DATABASE_URL": "postgresql:///plumbline"},
    {"DATABASE_URL": "postgresql://plumbline:password@localhost/plumbline"},
    {"DATABASE_URL": "postgresql://%2Frun%2Fpostgresql/plumbline"},
    {"DATABASE_URL": POSTGRES.format("[::1]")},
    {"DATABASE_URL": POSTGRES.format("db.clinic.example") + "?sslmode=require"},
    HERE | {"PGHOST": "db.clinic.example"},  # the address names a host, so nobody reads it
    HERE | {"PGHOSTADDR": "127.0.0.1"},
    SOMEWHERE | {"PGHOST": "/run/postgresql"},
    SOMEWHERE | {"PGHOST": "db.clinic.example", "PGSSLMODE": "verify-full"},
    {"PGHOSTADDR": "10.0.0.5"},  # the example's address is encrypted, whichever machine it is
    {"BROKER_URL": "redis://127.0.0.1:6379/0"},
    {"BROKER_URL": "redis+socket:///run/valkey/valkey.sock"},
    {"BROKER_URL": "amqps://user:password@mq.clinic.example//"},
    {"BROKER_URL": "amqp://localhost//", "CACHE_URL": "rediss://:password@redis.clinic.example:6379/1"},
    {"CACHE_URL": "unix:///run/valkey/valkey.sock?db=1"},
    {"EMAIL_URL": "smtp://127.0.0.1:25"},
    {"EMAIL_URL": "smtps://user:password@mail.clinic.example"},
    {"FROM_EMAIL": "no-reply@clinic.example", "MESSAGE_ID_DOMAIN": "clinic.example"},
    {"TRUSTED_PROXIES": "1"},
    {"SCANNER_URL": "unix:///run/clamav/clamd.ctl"},
    {"SCANNER_URL": "tcp://127.0.0.1:3310", "CONSENTS_DIR": str(HOUSE / "intake" / "signing" / "consents")},
    {"FIELD_KEYS": f"{key('newer')},{key('older')}"},
    {"SECRET_KEY": sha256(b"hexadecimal").hexdigest(), "LINK_KEY": key("short")[:32]},
]


def test_what_the_manual_describes_starts(tmp_path):
    found = starts(tmp_path, GOOD)
    assert [(row, said) for row, said in zip(GOOD, found, strict=True) if said != {"code": 0, "said": ""}] == []


def test_tls_from_the_start_is_what_smtps_means(tmp_path):
    shown = "from clinic import settings as s; print(s.EMAIL_PORT, s.EMAIL_USE_SSL, s.EMAIL_USE_TLS)"
    said = bare("-c", shown, **example(tmp_path) | {"EMAIL_URL": "smtps://user:password@mail.clinic.example"})
    assert said.stdout == "465 True False\n"


# Which environment ------------------------------------------------------------------------------------------------


def bare(*command, **given):
    """A command of this checkout in an environment that says nothing of Plumbline."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return subprocess.run(
        [sys.executable, *command], cwd=HOUSE, env=kept | given, capture_output=True, text=True, check=False
    )


def test_what_celery_sets_by_itself_is_no_bad_value(tmp_path):
    """Its command takes BROKER_URL for an option, and hands it on as CELERY_BROKER_URL: no worker ever started."""
    same = example(tmp_path)["BROKER_URL"]
    [started] = starts(tmp_path, [{"CELERY_BROKER_URL": same}])
    assert started["code"] == 0, started


def test_a_server_that_was_told_nothing_is_no_development():
    for server in ("import clinic.wsgi", "from clinic.celery import app; app.finalize(); app.conf.timezone"):
        said = bare("-c", server)
        assert said.returncode == 3, said.stderr
        assert said.stderr.startswith("PLUMBLINE_ENV is not set")
        assert said.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_URL", "https://intake.clinic.example"),
        ("ALLOWED_HOSTS", "intake.clinic.example"),
        ("SECRET_KEY", ONE),
        ("DATABASE_URL", POSTGRES.format("db.clinic.example")),
        ("DATABASE_URL", "postgresql://localhost/plumbline?service=remote"),
        ("PGSERVICE", "remote"),
        ("PGHOSTADDR", "10.0.0.5"),
        ("CELERY_BROKER_URL", "redis://redis.clinic.example:6379/0"),
    ],
)
def test_a_command_beside_the_settings_of_a_clinic_is_no_development(name, value):
    said = bare("manage.py", "check", **{name: value})
    assert said.returncode == 3
    assert said.stderr.startswith("PLUMBLINE_ENV is not set")


def test_the_commands_of_the_first_page_need_no_setting():
    said = bare("manage.py", "protocol", "check")
    assert said.returncode == 0, said.stderr
