"""The keys a machine makes for itself: made once, the same for every process, however many begin at the same moment."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from clinic.environment import keys

HOUSE = Path(__file__).resolve().parents[3]
AT_ONCE, ROUNDS, PAUSE = 4, 50, 0.05
PROGRAM = """
import os, sys, time
from pathlib import Path
from clinic.environment import keys

opened = os.fdopen
def slowly(*what):
    time.sleep(0.01)
    return opened(*what)

os.fdopen = slowly  # a disk that lets others in between making a file and writing it
keys.KEYS, begin = Path(sys.argv[1]), float(sys.argv[2])
for number in range(int(sys.argv[3])):
    while time.time() < begin + number * float(sys.argv[4]):
        pass
    print(keys.local_key(f"key{number}"))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where keys are kept, on a machine that has none yet."""
    monkeypatch.setattr(keys, "KEYS", tmp_path / "keys")
    return tmp_path / "keys"


def test_processes_that_begin_together_get_one_whole_key(folder):
    """Web, worker and beat of a fresh demo ask within the same millisecond; an empty key stops the one that got it."""
    begin = time.time() + 3  # all have imported by then
    command = [sys.executable, "-c", PROGRAM, folder, begin, ROUNDS, PAUSE]
    running = [
        subprocess.Popen([str(word) for word in command], cwd=HOUSE, stdout=subprocess.PIPE, text=True)
        for _ in range(AT_ONCE)
    ]
    told = [process.communicate(timeout=120)[0].split("\n")[:ROUNDS] for process in running]
    differing = [round_ for round_ in zip(*told, strict=True) if len(set(round_)) != 1 or len(round_[0]) != 44]
    assert not differing, f"{len(differing)} of {ROUNDS} rounds"


def test_a_key_is_the_owners_alone_and_stays(folder):
    first = keys.local_key("secret")
    assert keys.local_key("secret") == first
    assert (folder / "secret").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir() if path.name != ".lock"] == ["secret"], "nothing is left beside it"


@pytest.mark.parametrize("cut", ["", "half-a-key"])
def test_a_key_that_a_power_cut_left_unfinished_is_made_again(folder, cut):
    """Earlier versions wrote in place; such a file would stop every start with an empty key."""
    folder.mkdir()
    (folder / "secret").write_text(cut)
    found = keys.local_key("secret")
    assert len(found) == 44
    assert keys.local_key("secret") == found


def test_where_nothing_can_be_kept_a_key_serves_one_run(monkeypatch):
    monkeypatch.setattr(keys, "KEYS", Path("/proc/plumbline/keys"))
    assert len(keys.local_key("secret")) == 44
