"""The table of threats in `docs/security.md` names tests that exist, one row for each threat."""

import re

from django.conf import settings

ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)
THREATS = 90


def rows():
    return ROW.findall((settings.BASE_DIR / "docs" / "security.md").read_text())


def test_every_threat_has_its_row_once():
    assert [int(number) for number, _attack, _shown in rows()] == list(range(1, THREATS + 1))


def test_every_test_that_a_row_names_is_there():
    for number, _attack, shown in rows():
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", shown)
        assert named or shown.strip() == "not there", number
        for file, test in named:
            written = (settings.BASE_DIR / "tests" / file).read_text()
            assert re.search(rf"^def {test}\(", written, re.MULTILINE), f"row {number}: {file}::{test}"
