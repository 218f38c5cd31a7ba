"""Real Celery workers against the database of the test that asks for them."""

import os
import signal
import sys
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection

from clinic.embedded.processes import spawn, stop

NO_BROKER = "redis+socket:///nowhere/at/all"


@pytest.fixture
def workers(tmp_path, post_office):
    """`workers()` is a block with one more worker group running against the database of this test."""

    @contextmanager
    def started(*, broker=None, sweeps_at_once=1, beat=True):
        with_beat = ["--beat", "--schedule", tmp_path / f"beat-{time.time_ns()}"] if beat else []
        process = spawn(
            [
                *(sys.executable, "-m", "celery", "-A", "clinic", "worker", "--concurrency", "2", *with_beat),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            log=tmp_path / "worker.log",
            on_parent_death=signal.SIGKILL,
            env=_environment(post_office, broker) | {"SWEEPS_AT_ONCE": str(sweeps_at_once)},
        )
        try:
            yield process
        finally:
            stop(process, patience=20)

    yield started
    if (log := tmp_path / "worker.log").exists():
        print(log.read_text())  # shown where the test failed


@pytest.fixture
def watch(tmp_path, post_office):
    """`watch()` is a block in which the watch runs: it needs the database of this test, and no broker."""

    @contextmanager
    def started():
        process = spawn(
            [sys.executable, "manage.py", "sweep_messages", "--watch"],
            log=tmp_path / "watch.log",
            on_parent_death=signal.SIGKILL,
            env=_environment(post_office, NO_BROKER),
        )
        try:
            yield process
        finally:
            stop(process, patience=20)

    return started


def _environment(post_office, broker) -> dict:
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return {
        **os.environ,
        "DATABASE_URL": database,
        "BROKER_URL": broker or os.environ["BROKER_URL"],
        "EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}",
    }
