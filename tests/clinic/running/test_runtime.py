"""Starting, stopping and finding the servers: what the person at the terminal relies on."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from clinic.embedded.both import servers
from clinic.embedded.running import CannotStart, running_urls

HOUSE = Path(__file__).resolve().parents[3]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".state", ".*_cache", "__pycache__", "tests")


GIVEN = ("DATABASE_URL", "BROKER_URL", "EMAIL_URL", "PLUMBLINE_ENV", "SITE_URL")
NOTHING_GIVEN = {name: value for name, value in os.environ.items() if name not in GIVEN}


@pytest.fixture
def no_servers_given(monkeypatch):
    """As on a machine where nothing is configured."""
    for name in GIVEN:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder():
    """A folder only its owner may enter, such as a checkout in root's home, with a short path."""
    with tempfile.TemporaryDirectory(prefix="plumbline-house-", dir="/tmp", ignore_cleanup_errors=True) as name:
        yield Path(name)


def kept_elsewhere(state: Path) -> Path | None:
    note = state / "postgres.elsewhere"
    return Path(note.read_text().strip()) if note.exists() else None


def processes_naming(text: str) -> list[str]:
    """Command lines of everything alive on this machine that names `text`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended while we were looking
        if text in line:
            found.append(line)
    return found


def wait_until(holds, *, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


# run.py -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [[], ["dmo"], ["demo", "--prot", "9000"], ["demo", "--port"], ["demo", "--port", "0"], ["demo", "--port", "70000"],
     ["demo", "--port", "eight"], ["demo", "now"], ["setup", "all"]],
)  # fmt: skip
def test_a_slip_of_the_keyboard_shows_the_usage_and_installs_nothing(words, tmp_path):
    shutil.copy(HOUSE / "run.py", tmp_path)
    said = subprocess.run([sys.executable, "run.py", *words], cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 2
    assert "python3 run.py demo [--port 8000]" in said.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["run.py"]


# Servers ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_servers_given")
def test_what_was_stored_is_there_after_a_restart(folder):
    state = folder / ".state"
    try:
        with servers(state) as running, psycopg.connect(running.urls["DATABASE_URL"]) as line:
            line.execute("CREATE TABLE kept AS SELECT 1 AS row")
        with servers(state) as running, psycopg.connect(running.urls["DATABASE_URL"]) as line:
            assert line.execute("SELECT row FROM kept").fetchone() == (1,)
            assert line.execute("SELECT lower('ŁÓŻKO É')").fetchone() == ("łóżko é",), "case rules beyond ASCII"
    finally:
        if elsewhere := kept_elsewhere(state):
            shutil.rmtree(elsewhere)


@pytest.mark.usefixtures("no_servers_given")
def test_other_accounts_of_the_machine_cannot_reach_the_database(folder):
    with servers(folder / ".state", throwaway=True) as running:
        door = Path(psycopg.conninfo.conninfo_to_dict(running.urls["DATABASE_URL"])["host"])
        assert door.stat().st_mode & 0o777 == 0o700
        with psycopg.connect(running.urls["DATABASE_URL"]) as line:
            assert line.execute("SHOW listen_addresses").fetchone() == ("",)
        broker = Path(running.urls["BROKER_URL"].removeprefix("redis+socket://"))
        assert broker.stat().st_mode & 0o777 == 0o700
    assert not door.parent.exists()


@pytest.mark.usefixtures("no_servers_given")
def test_commands_find_the_running_demo_and_only_while_it_runs(folder):
    state = folder / ".state"
    assert running_urls(state) == {}
    with servers(state, throwaway=True) as running:
        assert running_urls(state) == {}, "not before everything is ready"
        running.announce(running.urls | {"SITE_URL": "http://localhost:8123"})
        assert running_urls(state)["DATABASE_URL"] == running.urls["DATABASE_URL"]
        assert running_urls(state)["SITE_URL"] == "http://localhost:8123"
        with pytest.raises(CannotStart, match="already running"), servers(state, throwaway=True):
            pass
    assert running_urls(state) == {}
    (state / "running.json").write_text("{ half")
    assert running_urls(state) == {}


def test_servers_that_are_configured_are_used_and_none_is_started(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/clinic")
    monkeypatch.setenv("BROKER_URL", "amqp://mq.example")
    with servers(folder / ".state") as running:
        assert running.urls == {"DATABASE_URL": "postgresql://db.example/clinic", "BROKER_URL": "amqp://mq.example"}
        assert running.processes == {}


@pytest.mark.usefixtures("no_servers_given")
def test_servers_die_with_a_process_that_is_killed(folder):
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom clinic.embedded.both import servers\n"
        "with servers(Path(sys.argv[1]), throwaway=True) as running:\n"
        "    print(running.urls['BROKER_URL'], flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, folder / ".state"], cwd=HOUSE, stdout=subprocess.PIPE, text=True
    ) as owner:
        sockets = str(Path(owner.stdout.readline().strip().removeprefix("redis+socket://")).parent)
        assert len(processes_naming(sockets)) >= 2
        owner.kill()
    wait_until(lambda: not processes_naming(sockets), seconds=10, what=f"still there: {processes_naming(sockets)}")
    with servers(folder / ".state", throwaway=True) as running:
        assert set(running.processes) == {"postgres", "valkey"}, "the next start is clean"
    if elsewhere := kept_elsewhere(folder / ".state"):
        assert not elsewhere.exists()
    assert not Path(sockets).exists()


# The demo ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house():
    """A checkout of its own, so that a demo running in this one is left alone. Its second start is a warm one."""
    with tempfile.TemporaryDirectory(prefix="plumbline-house-", dir="/tmp", ignore_cleanup_errors=True) as name:
        place = Path(name, "house")
        shutil.copytree(HOUSE, place, ignore=NOT_COPIED)
        yield place
        if elsewhere := kept_elsewhere(place / ".state"):
            shutil.rmtree(elsewhere)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]


@contextmanager
def start_demo(house: Path, port: int):
    """A running `python -m demo`; ended with its block, also when the test fails inside."""
    demo = subprocess.Popen(
        [sys.executable, "-m", "demo", "--port", str(port)],
        cwd=house,
        env=NOTHING_GIVEN,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield demo
    finally:
        demo.terminate()
        demo.wait(30)
        demo.stdout.close()


def told_until(demo: subprocess.Popen, words: str) -> str:
    """What the demo says up to the line with `words`."""
    told = ""
    for line in demo.stdout:
        told += line
        if words in line:
            return told
    raise AssertionError(f"the demo ended before it said {words!r}:\n{told}")


def page(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as answer:  # such as /healthz, while somebody in the demo's stories is late
        return answer.read().decode()


def send_a_mail(house: Path) -> None:
    """A command typed beside the running demo reaches its database and its mail server without any setting."""
    lines = (
        "from django.core.mail import send_mail\nfrom clinic.messages.models import SweepBeat\n"
        "assert SweepBeat.objects.exists()\nsend_mail('Typed beside the demo', 'x', None, ['desk@mail.example'])"
    )
    subprocess.run([sys.executable, "manage.py", "shell", "-v0", "-c", lines], cwd=house, env=NOTHING_GIVEN, check=True)


def test_the_demo_starts_serves_and_leaves_nothing_behind(house, port):
    with start_demo(house, port) as demo:
        told = told_until(demo, "Ctrl-C stops everything")
        assert f"http://localhost:{port}/" in told
        assert '"worker": true' in page(port, "/healthz")
        send_a_mail(house)
        assert "Typed beside the demo" in page(port, "/demo/mail/")
        demo.send_signal(signal.SIGINT)
        assert "nothing is left running" in demo.stdout.read()
        assert demo.wait(10) == 0
    assert processes_naming(str(house)) == []

    with start_demo(house, port) as demo:
        told_until(demo, "Ctrl-C stops everything")
        assert "Typed beside the demo" in page(port, "/demo/mail/"), "the second start finds what the first one kept"
        demo.kill()
    wait_until(lambda: not processes_naming(str(house)), seconds=20, what=f"alive: {processes_naming(str(house))}")


def test_when_one_part_of_the_demo_dies_all_stop_and_its_name_is_told(house, port):
    with start_demo(house, port) as demo:
        told_until(demo, "Ctrl-C stops everything")
        [beat] = [entry for entry in children_of(demo.pid) if b"\0beat\0" in (entry / "cmdline").read_bytes()]
        os.kill(int(beat.name), signal.SIGKILL)
        told = demo.stdout.read()
        assert demo.wait(10) == 1
    assert "The beat process ended by itself" in told
    assert processes_naming(str(house)) == []


def children_of(parent: int) -> list[Path]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [Path("/proc") / child for child in listed]


def test_a_port_in_use_is_told_in_one_sentence(house):
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        with start_demo(house, port) as demo:
            told = demo.stdout.read().strip()
            assert demo.wait(10) == 1
    assert told == f"Port {port} is in use by another program; try --port {port + 1}."


# Settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLUMBLINE_ENV", "prod"),
        ("SECRET_KEY", "short"),
        ("FIELD_KEYS", "not-a-key"),
        ("SITE_URL", "clinic.example"),
        ("DATABASE_URL", "mysql://db.example/clinic"),
        ("BROKER_URL", "kafka://mq.example"),
        ("EMAIL_URL", "mail.example"),
        ("TRUSTED_PROXIES", "one"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence_naming_it(name, value):
    said = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=HOUSE,
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 3
    assert said.stderr.startswith(name)
    assert said.stderr.count("\n") == 1


def test_production_does_not_start_without_its_secrets():
    environment = {**os.environ, "PLUMBLINE_ENV": "production"}
    environment.pop("SECRET_KEY", None)
    said = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=HOUSE, env=environment, capture_output=True, text=True
    )
    assert said.returncode == 3
    assert said.stderr == "SECRET_KEY is not set; production does not start without it. See .env.example.\n"


def test_every_setting_is_in_the_example_and_in_the_manual():
    source = (HOUSE / "clinic" / "settings.py").read_text()
    names = set(re.findall(r'(?:required|environ\.get|read)\((?:"[a-z_]+", )?"([A-Z_]+)"', source))
    assert {"SECRET_KEY", "DATABASE_URL", "LOG_LEVEL", "TRUSTED_PROXIES"} <= names
    for place in (".env.example", "docs/operations.md"):
        told = set(re.findall(r"[A-Z_]{5,}", (HOUSE / place).read_text()))
        assert names <= told, f"{place} does not name {sorted(names - told)}"
