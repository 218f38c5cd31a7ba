"""A PostgreSQL and a Valkey of their own for every run of pytest, and a mail server for tests that ask for one.

Several runs may go on at once. `DATABASE_URL` and `BROKER_URL`, when set, are used instead.
"""

import os
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from clinic.embedded.both import servers
from clinic.embedded.processes import spawn, stop
from clinic.embedded.running import CannotStart

OWN = "PLUMBLINE_TESTS_OWN_SERVERS"  # settings of servers started here and not given from outside


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    """Before anything reads the settings: they take their servers from the environment."""
    os.environ["PLUMBLINE_ENV"] = "test"
    os.environ["QUIET_HOURS"] = "none"  # tests run at any hour; those about the night set their own
    for name in os.environ.pop(OWN, "").split():  # those of the process that only hands out the tests
        del os.environ[name]
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the test
    stack = ExitStack()
    early_config.add_cleanup(stack.close)  # also after Ctrl-C and after a broken conftest
    folder = tempfile.TemporaryDirectory(prefix="plumbline-tests-", dir="/tmp", ignore_cleanup_errors=True)
    state = Path(stack.enter_context(folder))
    try:
        running = stack.enter_context(servers(state, throwaway=True))
    except CannotStart as error:
        raise pytest.UsageError(str(error)) from error
    os.environ[OWN] = " ".join(name for name in running.urls if name not in os.environ)
    os.environ.update(running.urls)
    return (yield)


class Mailbox:
    """A real mail server on this machine and what it was sent."""

    def __init__(self, folder: Path, port: int):
        self.folder, self.port = folder, port

    def mails(self):
        """Every mail that arrived, newest first (`demo.mail.mailbox.Mail`)."""
        from demo.mail import mailbox

        return mailbox.newest(self.folder)

    def wait_for(self, count: int, *, seconds: float = 15):
        """The mails, once at least `count` have arrived."""
        end = time.monotonic() + seconds
        while len(self.mails()) < count:
            assert time.monotonic() < end, f"{len(self.mails())} of {count} mails arrived within {seconds} s"
            time.sleep(0.05)
        return self.mails()


@pytest.fixture
def mail_server(tmp_path, settings):
    """A `Mailbox` that Django's SMTP backend of this test delivers to."""
    folder = tmp_path / "mail"
    with socket.create_server(("127.0.0.1", 0)) as door:
        port, fd = door.getsockname()[1], door.fileno()
        command = [sys.executable, "-m", "demo.mail.sink", "--fd", fd, "--folder", folder]
        process = spawn(command, log=tmp_path / "mail.log", pass_fds=[fd])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield Mailbox(folder, port)
    stop(process)
