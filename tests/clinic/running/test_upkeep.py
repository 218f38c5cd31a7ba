"""What keeps the house in order: migrations with limits of their own, old sessions, the log's clock, security.txt."""

import io
import logging
import re
from datetime import UTC, datetime, timedelta

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection
from django.test import Client
from django.utils import timezone

from clinic.celery import app
from clinic.running.logs import OneLine
from clinic.sign_in.tasks import clear_sessions


def limits() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        return cursor.fetchone()


def test_migrations_may_take_long_and_must_not_wait_long(db, monkeypatch):
    seen = []
    monkeypatch.setattr(migrate.Command, "handle", lambda *args, **options: seen.append(limits()))
    before = limits()
    call_command("migrate", verbosity=0)
    assert seen == [("0", "5s")]
    assert limits() == before == ("15s", "5s")


def test_sessions_that_ended_are_forgotten_and_the_others_are_not(db):
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(minutes=1))
    clear_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["new"]
    assert clear_sessions.name in {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_a_line_of_the_log_carries_its_moment_in_utc():
    record = logging.LogRecord("clinic", logging.INFO, __file__, 1, "here", None, None)
    record.created = datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    ).timestamp()  # half past one in New York, for the first time
    assert OneLine().format(record).startswith("2026-11-01T05:30:00.000+00:00 INFO clinic here")


def test_the_page_of_an_error_tells_the_moment_of_its_line(location, monkeypatch):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLine())
    logging.getLogger().addHandler(handler)
    monkeypatch.setattr("intake.questionnaire.start.render", lambda *args, **more: 1 / 0)
    try:
        page = Client(raise_request_exception=False).get("/")
    finally:
        logging.getLogger().removeHandler(handler)
    assert page.status_code == 500
    [told] = re.findall(r"<b>(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d\+00:00</b>", page.text)
    assert written.getvalue().startswith(told.replace(" ", "T"))


def test_security_txt_names_whom_to_tell_and_until_when(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@clinic.example"
    page = client.get("/.well-known/security.txt")
    assert page["Content-Type"].startswith("text/plain")
    fields = dict(line.split(": ", 1) for line in page.text.splitlines())
    assert fields["Contact"] == "mailto:security@clinic.example"
    ends = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < ends - timezone.now() < timedelta(days=365)
    assert fields["Canonical"] == f"{settings.SITE_URL}/.well-known/security.txt"
    assert not page.cookies


def test_security_txt_is_not_there_while_nobody_was_named(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404
