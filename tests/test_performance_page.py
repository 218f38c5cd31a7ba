"""The page of measurements: each command has a place there, and writes nothing but its own."""

import re
import shutil
from pathlib import Path

import pytest

from bench import results

COMMANDS = ("bench", "bench.weight", "bench.slow_phone", "bench.scale")
BENCH = Path(results.__file__).parent


@pytest.fixture
def page(tmp_path):
    return Path(shutil.copy(results.PAGE, tmp_path))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_writes_its_own_section_and_leaves_the_others(page, command, capsys):
    before = page.read_text()
    for measured in ("1.0 s", "2.0 s"):
        results.write(command, ("Work", "Measured"), [("waiting", measured)], page=page)
    begin, end = results.BEGIN.format(command), results.END.format(command)
    around = before.split(begin)[0], before.split(end)[1]
    now = page.read_text()
    assert now.startswith(around[0] + begin)
    assert now.endswith(end + around[1])
    section = now.split(begin)[1].split(end)[0]
    assert section.endswith("| Work | Measured |\n| --- | --- |\n| waiting | 2.0 s |\n\n")
    assert f"`python -m {command}" in section


def test_a_command_without_a_place_says_so(page):
    with pytest.raises(SystemExit, match=r"no place for bench\.nothing"):
        results.write("bench.nothing", ("Work",), [], page=page)


def test_every_command_stands_on_the_page():
    """Whoever adds a measurement says there what it measures."""
    runs = {f"bench.{path.stem}" for path in BENCH.glob("*.py") if '__name__ == "__main__"' in path.read_text()}
    named = set(re.findall(r"^\| `python -m (bench[.\w]*)", results.PAGE.read_text(), re.M))
    assert named == (runs - {"bench.__main__"}) | {"bench"}
