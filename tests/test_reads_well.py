"""How the code reads. What is not yet as it should be is counted here; the numbers may only become smaller."""

import ast
import re
import subprocess
import sys
from collections import Counter

import pytest

from tests.floors import APPS, BASE, SOURCES

TEMPLATES = sorted((BASE / "templates").rglob("*.html"))
LONGEST_LINE, LONG_LINES = 160, 0  # of a template: one element a line
LONGEST_FIRST_LINE, LONG_FIRST_LINES = 80, 862  # of a docstring
WITHOUT_A_VERB = 386
TWICE = {
    "clinic": {"Command"},
    "intake": {"Command"},
    "referrals": {"Command"},
}  # classes of one name in one app: Django's own
NO_VERB = re.compile(
    r"(The|A|An|What|Whether|Who|When|True|False|As|One|It|Each|Every|How|Where|Why|All|Everything|Those|They)\b"
)


@pytest.mark.parametrize("how", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_the_linter_has_nothing_to_say(how):
    """Branches of a function included: ten at most, and who has more says so in its own line."""
    said = subprocess.run(
        [sys.executable, "-m", "ruff", *how, "."], cwd=BASE, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout


def test_lines_of_templates_are_short_enough_to_read():
    long = [line for path in TEMPLATES for line in path.read_text().splitlines() if len(line) > LONGEST_LINE]
    assert len(long) <= LONG_LINES


def test_no_line_break_puts_a_space_before_a_comma():
    """A break between two conditions of a sentence is a space on the page; decision 42 says what to write there."""
    broken = [
        f"{path.relative_to(BASE)}: {line.strip()}"
        for path in TEMPLATES
        for line in path.read_text().splitlines()
        if re.match(r"\s*(\{% (if|for|with) [^%]*%\})*[,.;:)]", line)
    ]
    assert broken == []


@pytest.mark.parametrize("app", APPS)
def test_one_name_is_one_class(app):
    names = Counter(
        node.name
        for path in SOURCES
        if path.relative_to(BASE).parts[0] == app
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, times in names.items() if times > 1} == TWICE.get(app, set())


def first_lines() -> list[tuple[ast.AST, str]]:
    """Return every function and class that says what it does, with the first line of it."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]
    return [(node, said.splitlines()[0]) for node in nodes if (said := ast.get_docstring(node))]


def test_docstrings_begin_with_what_is_done_in_one_short_line():
    lines = first_lines()
    assert len([line for _node, line in lines if len(line) > LONGEST_FIRST_LINE]) <= LONG_FIRST_LINES
    functions = [line for node, line in lines if isinstance(node, ast.FunctionDef)]
    assert len([line for line in functions if NO_VERB.match(line)]) <= WITHOUT_A_VERB
