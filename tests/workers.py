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


@pytest.fixture
def workers(tmp_path, post_office):
    """`workers()` is a block with one more worker group running against the database of this test."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()

    @contextmanager
    def started(*, broker=None, sweeps_at_once=1):
        log = tmp_path / "worker.log"
        process = spawn(
            [
                *(sys.executable, "-m", "celery", "-A", "clinic", "worker", "--concurrency", "2", "--beat"),
                *("--schedule", tmp_path / f"beat-{time.time_ns()}"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            log=log,
            on_parent_death=signal.SIGKILL,
            env={
                **os.environ,
                "DATABASE_URL": database,
                "BROKER_URL": broker or os.environ["BROKER_URL"],
                "EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}",
                "SWEEPS_AT_ONCE": str(sweeps_at_once),
            },
        )
        try:
            yield process
        finally:
            stop(process, patience=20)

    return started
