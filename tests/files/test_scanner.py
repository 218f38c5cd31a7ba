"""The words exchanged with clamd: by a stand-in always, by the real one where it is on the machine."""

import io
import shutil
import socket
import subprocess
import threading
import time

import pytest

from clinic.files import scanner
from tests.scanner import EICAR, Scanner

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
CLAMD_TAKES = 30  # seconds to start


@pytest.fixture
def stand_in(settings):
    running = Scanner()
    settings.SCANNER_URL = running.url
    yield running
    running.stop()


@pytest.fixture
def real(settings, tmp_path):
    """The real clamd on a socket of its own, with one signature of our own: EICAR by its bytes."""
    if CLAMD is None:
        pytest.skip("clamd is not on this machine (apt install clamav-daemon): only the stand-in was asked")
    signatures, line = tmp_path / "db", tmp_path / "clamd.sock"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    config = tmp_path / "clamd.conf"
    config.write_text(
        f"LocalSocket {line}\nDatabaseDirectory {signatures}\nForeground yes\nLogFile {tmp_path}/log\n"
        f"TemporaryDirectory {tmp_path}\nStreamMaxLength 25M\nOfficialDatabaseOnly no\n"
    )
    tmp_path.chmod(0o755)
    process = subprocess.Popen([CLAMD, "--config-file", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + CLAMD_TAKES
    while not line.exists():
        assert process.poll() is None, (tmp_path / "log").read_text()
        assert time.monotonic() < end, "clamd did not start"
        time.sleep(0.1)
    settings.SCANNER_URL = f"unix://{line}"
    yield
    process.terminate()
    process.wait(10)


def what_it_says() -> list:
    """The words about a clean file, a virus, one behind other bytes, an empty file, and one that is too long."""
    said = []
    for content in (b"clean", EICAR, bytes(300_000) + EICAR, b"", bytes(26 * 1024 * 1024)):
        try:
            said.append(bool(scanner.scan(io.BytesIO(content))))
        except scanner.NoAnswer:
            said.append("no answer")
    return said


EXPECTED = [False, True, True, False, "no answer"]


def test_the_stand_in_speaks_as_clamd_does(stand_in):
    assert what_it_says() == EXPECTED


def test_the_real_scanner_says_the_same(real):
    assert what_it_says() == EXPECTED
    assert scanner.scan(io.BytesIO(EICAR)).startswith("Eicar-Test")


@pytest.mark.parametrize(
    "answer", [b"", b"stream: \0", b"OK\0", b"what\0", b"stream: lstat() failed. ERROR\0", b"\xff\0"]
)
def test_whatever_else_is_said_is_no_answer(settings, answer):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.SCANNER_URL = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def talk():
            line, _ = server.accept()
            with line:
                line.settimeout(5)
                said = b""
                while not said.endswith(bytes(4)):
                    said += line.recv(1000)
                line.sendall(answer)

        talker = threading.Thread(target=talk)
        talker.start()
        with pytest.raises(scanner.NoAnswer):
            scanner.scan(io.BytesIO(b"x"))
        talker.join(5)


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl"])
def test_nobody_there_is_no_answer(settings, url):
    settings.SCANNER_URL = url
    with pytest.raises(scanner.NoAnswer):
        scanner.scan(io.BytesIO(b"x"))


def test_a_scanner_that_hangs_is_no_answer(stand_in, monkeypatch):
    monkeypatch.setattr(scanner, "PATIENCE", 0.2)
    stand_in.delay = 1
    with pytest.raises(scanner.NoAnswer):
        scanner.scan(io.BytesIO(b"x"))
