"""Upgrade a clinic from an earlier commit to this checkout, with browsers, mails and tasks that cross over:

    .venv/bin/python -m tests.upgrade f18e07de3a0b

The earlier code runs from a checkout of its own with the packages of this one. It takes two patients, stops with mail
in the outbox and tasks on the broker, and never comes back; then this code migrates and serves the same browsers.
"""

import argparse
import base64
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

from clinic.embedded.both import servers
from clinic.embedded.processes import last_lines, spawn, stop, wait_until
from tests.post_office import PostOffice

HERE = Path(__file__).resolve().parents[2]
ADA = {"first_name": "Ada", "last_name": "Quill", "phone": "207 555 0111", "email": "ada@patients.example"}
BEA = {"first_name": "Bea", "last_name": "Stone", "phone": "207 555 0112", "email": "bea@patients.example"}
BORN = {"date_of_birth_month": "3", "date_of_birth_day": "31", "date_of_birth_year": "1982"}
WAITING = ("intake.tasks.answer_link_requests", "intake.tasks.open_cases_for_abandoned", "clinic.messages.tasks.sweep")

SAID = re.compile(r'<input[^>]*name="sex_at_birth"[^>]*value="male"[^>]*\bchecked')


class Browser:
    """A browser without scripts that keeps its cookies; `page` is what it shows, `address` where it is."""

    def __init__(self, home: str):
        self.home, self.page, self.address, self.status = home, "", "", 0
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def opens(self, address: str) -> "Browser":
        return self._asks(address, None)

    def sends(self, address: str, **fields) -> "Browser":
        """Send a form of the page that is open, with the hidden fields it has."""
        return self._asks(address, urlencode(self.hidden() | fields, doseq=True).encode())

    def hidden(self) -> dict[str, str]:
        found = re.findall(r'<input\s+type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', self.page)
        return {name: unescape(value) for name, value in found if name != "next"}

    def _asks(self, address: str, data: bytes | None) -> "Browser":
        try:
            answer = self.opener.open(self.home + address, data, timeout=30)
        except HTTPError as refused:
            answer = refused
        with answer:
            self.page, self.status = answer.read().decode(), answer.status
            self.address = answer.url.removeprefix(self.home)
        return self


class Clinic:
    """One checkout against the servers of this run."""

    def __init__(self, folder: Path, state: Path, settings: dict[str, str], door: socket.socket):
        self.folder, self.state, self.settings, self.door = folder, state, os.environ | settings, door

    def runs(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *command],
            cwd=self.folder,
            env=self.settings,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.folder.name}: {' '.join(command)}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    @contextmanager
    def web(self) -> Iterator[None]:
        home = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        command = [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--bind", f"fd://{self.door.fileno()}"]
        with self._process([*command, "--no-control-socket"], "web.log", pass_fds=[self.door.fileno()]) as process:
            if not wait_until(lambda: answers(home), process, patience=60, pause=0.2):
                raise SystemExit(last_lines(self.state / "web.log"))
            yield

    def worker(self):
        command = [sys.executable, "-m", "celery", "-A", "clinic", "worker", "--concurrency", "2"]
        return self._process([*command, "--without-gossip", "--without-mingle"], "worker.log")

    @contextmanager
    def _process(self, command: list, log: str, **options) -> Iterator[subprocess.Popen]:
        process = spawn(command, log=self.state / log, cwd=self.folder, env=self.settings, **options)
        try:
            yield process
        finally:
            stop(process)


def answers(home: str) -> bool:
    try:
        with urlopen(f"{home}/livez", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def tell(what: str, right: bool) -> bool:
    print(f"{'ok' if right else 'NO'}  {what}", flush=True)
    return right


def takes_patients(clinic: Clinic, home: str) -> tuple[Browser, Browser]:
    """Serve Ada to her second page and Bea to an emergency; nobody sends their mails or does their tasks."""
    clinic.runs("manage.py", "migrate", "--verbosity", "0")
    clinic.runs("manage.py", "shell", "-c", "from bench.throwaway import riverside; riverside()")
    with clinic.web():
        ada, bea = Browser(home), Browser(home)
        for browser, details in ((ada, ADA), (bea, BEA)):
            browser.opens("/intake/start/")
            browser.sends("/intake/start/", **details, **BORN, language="en")
            browser.sends("/intake/who/", kind="patient")
        ada.sends(ada.address, shown="emergency_now", emergency_now="none")
        bea.sends(bea.address, shown="emergency_now", emergency_now="saddle_numb")
        Browser(home).opens("/link/new/").sends("/link/new/", email=ADA["email"])
    for task in WAITING:
        clinic.runs("-m", "celery", "-A", "clinic", "call", task)
    return ada, bea


def goes_on(clinic: Clinic, ada: Browser, bea: Browser, office: PostOffice) -> list[bool]:
    """Serve the same browsers with the new code, and let a worker do what the earlier one left."""
    clinic.runs("manage.py", "migrate", "--verbosity", "0")
    with clinic.web():
        told = [tell("Bea's browser still shows the emergency", "911" in bea.opens("/intake/emergency/").page)]
        here = ada.address
        ada.sends(here, shown="sex_at_birth", sex_at_birth="male")  # from the page that the earlier code drew
        told.append(tell("the page drawn before is taken, and the next one follows", ada.address not in ("", here)))
        told.append(tell("what she answered stands there", bool(SAID.search(ada.opens(here).page))))
        with clinic.worker() as worker:
            wait_until(lambda: len(office.mails) >= 2, worker, patience=60, pause=0.2)
            wait_until(lambda: not on_the_broker(clinic), worker, patience=30, pause=0.2)
        to = sorted(office.recipients)
        told.append(
            tell(f"mails went out to {', '.join(to) or 'nobody'}", {ADA["email"], "measured@example.org"} <= set(to))
        )
        told.append(tell("nothing waits on the broker", on_the_broker(clinic) == 0))
        said = (clinic.state / "worker.log").read_text()
        told.append(tell("every task was known", "unregistered" not in said and "Traceback" not in said))
        told.append(tell("the link in the mail opens the form", opens_by_mail(ada.home, office)))
    return told


def on_the_broker(clinic: Clinic) -> int:
    from kombu import Connection

    with Connection(clinic.settings["BROKER_URL"]) as broker:
        return broker.default_channel.client.llen("celery")


def opens_by_mail(home: str, office: PostOffice) -> bool:
    words = next((str(mail) for mail in office.mails if mail["To"] == ADA["email"]), "")
    link = re.search(r"/l/[\w-]+/", words)
    if not link:
        return False
    phone = Browser(home).opens(link[0]).sends(link[0], **BORN)
    return bool(SAID.search(phone.opens("/intake/page/2/").page))


def key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("commit", help="the commit to upgrade from")
    commit = parser.parse_args().commit
    with ExitStack() as stack:
        state = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plumbline-upgrade-")))
        before = state / "before"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", before, commit], cwd=HERE, check=True)
        stack.callback(subprocess.run, ["git", "worktree", "remove", "--force", before], cwd=HERE, check=False)
        office = PostOffice()
        office.open()
        stack.callback(office.close)
        door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        running = stack.enter_context(servers(state, throwaway=True))
        home = f"http://127.0.0.1:{door.getsockname()[1]}"
        settings = running.urls | {
            "PLUMBLINE_ENV": "development",
            "SECRET_KEY": key(),
            "LINK_KEY": key(),
            "FIELD_KEYS": key(),
            "SITE_URL": home,
            "EMAIL_URL": f"smtp://127.0.0.1:{office.port}",
            "FILES_DIR": str(state / "files"),
            "QUIET_HOURS": "none",
        }
        began = time.monotonic()
        ada, bea = takes_patients(Clinic(before, state, settings, door), home)
        clinic = Clinic(HERE, state, settings, door)
        waiting = on_the_broker(clinic)
        print(f"{commit} took two patients; {waiting} tasks wait on the broker, {len(office.mails)} mails are sent")
        told = goes_on(clinic, ada, bea, office)
        print(f"{time.monotonic() - began:.0f} s")
    return 0 if all(told) else 1


if __name__ == "__main__":
    sys.exit(main())
