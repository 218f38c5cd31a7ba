"""What README and CONTRIBUTING name is there: files, rooms, and the functions a case goes through."""

import pkgutil
import re

import pytest

from clinic import VERSION
from tests.floors import BASE, SOURCES
from tests.test_floors import FLOORS

PAGES = ("README.md", "CONTRIBUTING.md")
INSIDE = (  # a cell of a table names a folder, and then what is inside it
    "",
    "clinic",
    "demo",
    "docs",
    "intake",
    "intake/protocol",
    "intake/protocol/rules",
    "intake/protocol/questions",
    "intake/review",
    "intake/triage",
    "intake/triage/deciding",
    "referrals",
    "templates/emails",
    "templates/emails/appointment_booked",
    "tests",
    "tests/clinic",
    "tests/clinic/running",
    "tests/protocol",
)
MADE = {".venv/", ".venv/bin/python", ".state/"}  # by run.py
FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)*(?:/|\.(?:py|md|yaml|yml|txt|po|html|typ|example)))`")


@pytest.mark.parametrize("readme", PAGES)
def test_every_file_it_names_is_there(readme):
    named = set(FILE.findall((BASE / readme).read_text())) - MADE
    assert len(named) > 10
    assert [name for name in sorted(named) if not any((BASE / place / name).exists() for place in INSIDE)] == []


def test_the_newest_changes_are_those_of_this_version():
    assert f"\n## {VERSION}" in (BASE / "CHANGELOG.md").read_text().split("\n- ")[0]


def test_every_room_stands_in_its_map():
    rows = (BASE / "README.md").read_text().split("## Map")[1].split("\n## ")[0].splitlines()
    for house, rooms in FLOORS.items():
        folder = house.replace(".", "/")
        own = "\n".join(row for row in rows if f"`{folder}/" in row)
        named = {room for room in rooms if f"`{room}/`" in own or f"`{folder}/{room}/`" in own}
        assert set(rooms) - named - {"models", "templatetags", "management"} == set(), house


def test_every_function_a_case_goes_through_is_there():
    way = (BASE / "README.md").read_text().split("## The path of one case")[1].split("\n## ")[0]
    named = set(re.findall(r"`([a-z_.]+)`", way))
    code = "".join(path.read_text() for path in SOURCES)
    assert len(named) > 10
    assert [name for name in sorted(named) if not is_there(name, code)] == []


def is_there(name: str, code: str) -> bool:
    if "." not in name or name.startswith("triage."):
        return f"def {name.rpartition('.')[2]}(" in code
    try:
        return bool(pkgutil.resolve_name(name))
    except (ImportError, AttributeError):
        return False
