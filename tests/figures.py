"""Print how the code reads, in figures; with the folder of another checkout, both side by side.

    .venv/bin/python -m tests.figures [other checkout] [--seconds]

`--seconds` also times each step of `run.py check`. None of it is a test: `test_floors.py` and `test_reads_well.py` hold
what must hold.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests import floors
from tests.test_reads_well import LONGEST_FIRST_LINE, LONGEST_LINE, NO_VERB

HERE = floors.BASE
APPS = floors.APPS
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (ast.If, ast.IfExp, ast.For, ast.While, ast.ExceptHandler, ast.match_case)


def figures(folder: Path) -> dict[str, str]:
    """Return every figure of a checkout by its name."""
    look_at(folder)
    trees = {name: ast.parse(path.read_text()) for name, path in floors.MODULES.items()}
    return rooms() | templates(folder) | lines(trees) | docstrings(trees) | names(trees) | annotations(trees)


def look_at(folder: Path) -> None:
    """Let the table of floors read another checkout."""
    floors.BASE = folder
    floors.SOURCES = sorted(
        path for app in APPS for path in (folder / app).rglob("*.py") if "migrations" not in path.parts
    )
    floors.MODULES = {floors.name_of(path): path for path in floors.SOURCES}


def rooms() -> dict[str, str]:
    found = {"rooms": 0, "arrows between rooms": 0}
    for house in (*APPS, "intake.triage"):
        standing = {floors.room_of(name, house) for name in floors.modules_in(house)} - {house}
        found["rooms"] += len(standing)
        found["arrows between rooms"] += len(floors.arrows(house))
    circles = floors.circles()
    found["circles of files"] = f"{len(circles)} ({sum(map(len, circles))} files)"
    for app in APPS:
        loose = [name for name in floors.modules_in(app) if floors.room_of(name, app) == app and name != app]
        found[f"loose modules: {app}"] = len(loose)
    return {name: str(number) for name, number in found.items()}


def templates(folder: Path) -> dict[str, str]:
    every = [line for path in (folder / "templates").rglob("*.html") for line in path.read_text().splitlines()]
    long = [line for line in every if len(line) > LONGEST_LINE]
    return {
        "lines of templates": str(len(every)),
        "longest line of a template": str(max(map(len, every), default=0)),
        f"lines of templates over {LONGEST_LINE}": share(len(long), len(every)),
    }


def lines(trees: dict[str, ast.Module]) -> dict[str, str]:
    written = [line.strip() for path in floors.SOURCES for line in path.read_text().splitlines() if line.strip()]
    branches = sum(branches_of(node) for tree in trees.values() for node in ast.walk(tree))
    return {
        "files of code": str(len(trees)),
        "lines of code": str(len(written)),
        "branches per line": f"{branches / len(written):.3f}",
        "lines of comment": share(len([line for line in written if line.startswith("#")]), len(written)),
        "functions over 10 branches": str(len([line for line in written if re.search(r"# noqa:.*\bC901", line)])),
    }


def branches_of(node: ast.AST) -> int:
    """Count the ways a line may go besides the first: each `if`, loop and handler, each part of an `or`."""
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return len(node.ifs)
    return int(isinstance(node, BRANCHES))


def docstrings(trees: dict[str, ast.Module]) -> dict[str, str]:
    kinds = (*FUNCTIONS, ast.ClassDef)
    nodes = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, kinds)]
    first = [(node, said.splitlines()[0]) for node in nodes if (said := ast.get_docstring(node))]
    of_functions = [line for node, line in first if isinstance(node, FUNCTIONS)]
    long = [line for _node, line in first if len(line) > LONGEST_FIRST_LINE]
    return {
        f"docstrings that begin with over {LONGEST_FIRST_LINE} signs": share(len(long), len(first)),
        "docstrings of functions without a verb": share(
            len([line for line in of_functions if NO_VERB.match(line)]), len(of_functions)
        ),
    }


def names(trees: dict[str, ast.Module]) -> dict[str, str]:
    found = {}
    for app in APPS:
        classes = Counter(
            node.name
            for name, tree in trees.items()
            if name.split(".")[0] == app
            for node in tree.body
            if isinstance(node, ast.ClassDef)
        )
        found[f"names of two classes: {app}"] = str(len([name for name, times in classes.items() if times > 1]))
    return found


def annotations(trees: dict[str, ast.Module]) -> dict[str, str]:
    """Return the share of functions whose every argument and result has a type, for each room."""
    whole, every = Counter(), Counter()
    for name, tree in trees.items():
        for function in functions_of(tree):
            for place in ("all rooms", floors.room_of(name, name.split(".")[0])):
                every[place] += 1
                whole[place] += is_typed(function)
    return {f"functions with types: {place}": share(whole[place], every[place]) for place in sorted(every)}


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))


def is_typed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    asked = [one for one in every if one and one.arg not in ("self", "cls")]
    return function.returns is not None and all(one.annotation for one in asked)


def share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})" if whole else "0"


def seconds(folder: Path) -> dict[str, str]:
    """Return what each step of the quick check takes there, with its "ok" or "no"."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.check"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    steps = re.findall(r"^(ok|no) +([\d.]+ s)  (.+)$", said, re.M)
    return {f"check: {name}": f"{time} {how}" for how, time, name in steps}


def main() -> None:
    parser = argparse.ArgumentParser(description="How the code reads, in figures.")
    parser.add_argument("other", nargs="?", type=Path, help="another checkout, shown first")
    parser.add_argument("--seconds", action="store_true", help="also the time of each step of run.py check")
    asked = parser.parse_args()
    folders = [folder.resolve() for folder in (asked.other, HERE) if folder]
    columns = [figures(folder) | (seconds(folder) if asked.seconds else {}) for folder in folders]
    in_order = dict.fromkeys(name for column in columns for name in column)
    print(f"| | {' | '.join(folder.name for folder in folders)} |\n|---|{'---|' * len(folders)}")
    for name in in_order:
        print(f"| {name} | {' | '.join(column.get(name, '') for column in columns)} |")


if __name__ == "__main__":
    main()
