"""What imports what in the house, read from the files themselves: rooms, arrows between them, and circles of files.

`python -m tests.figures` prints how many there are, with other figures of how the code reads.
"""

import ast
from collections import defaultdict
from pathlib import Path

BASE = Path(__file__).resolve().parents[1]
APPS = ("clinic", "intake", "referrals", "demo")  # later ones may import earlier ones
SOURCES = sorted(path for app in APPS for path in (BASE / app).rglob("*.py") if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    """Return the dotted name of a module: "intake.door.draft", "intake.door" for the room itself."""
    return ".".join(path.relative_to(BASE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in SOURCES}


def imported(path: Path) -> set[str]:
    """Return every module and name a file imports, also inside functions, and relative ones by their whole name."""
    names, package = set(), name_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def modules_behind(path: Path) -> set[str]:
    """Return the modules of the house that a file imports; of a name in a room, the room."""
    own, found = name_of(path), set()
    for name in imported(path):
        if name in MODULES:
            found.add(name)
    shadows = {name.rpartition(".")[0] for name in found}
    return {name for name in found if name != own and not (name in shadows and _only_the_way(name, path))}


def _only_the_way(package: str, path: Path) -> bool:
    """Say whether a package is named only on the way to its modules: `from intake.door import draft`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module == package:
            if any(f"{package}.{alias.name}" not in MODULES for alias in node.names):
                return False
        elif isinstance(node, ast.Import) and any(alias.name == package for alias in node.names):
            return False
    return True


def room_of(name: str, house: str) -> str:
    """Return the room of a house a module stands in; the house itself for a loose module.

    A house is an app, or a room that has rooms of its own: "intake", "intake.triage".
    """
    parts, depth = name.split("."), len(house.split(".")) + 1
    if len(parts) > depth or (len(parts) == depth and MODULES[name].name == "__init__.py"):
        return ".".join(parts[:depth])
    return house


def modules_in(house: str) -> set[str]:
    """Return the modules of a house, its own face among them."""
    return {name for name in MODULES if name == house or name.startswith(f"{house}.")}


def arrows(house: str) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Return {(room, room it imports): {(module, module it imports)}} between the rooms of a house that differ."""
    found = defaultdict(set)
    here = modules_in(house)
    for name in here:
        for other in modules_behind(MODULES[name]) & here:
            if room_of(name, house) != room_of(other, house):
                found[room_of(name, house), room_of(other, house)].add((name, other))
    return dict(found)


def circles() -> list[list[str]]:  # noqa: C901
    """Return the groups of files of which each imports, in the end, itself. A room's own face counts as a file."""
    graph = {name: modules_behind(path) for name, path in MODULES.items()}
    number, low, on_stack, stack, found = {}, {}, set(), [], []

    def visit(name):
        number[name] = low[name] = len(number)
        stack.append(name)
        on_stack.add(name)
        for other in graph[name]:
            if other not in number:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in on_stack:
                low[name] = min(low[name], number[other])
        if low[name] == number[name]:
            group = []
            while True:
                group.append(stack.pop())
                on_stack.discard(group[-1])
                if group[-1] == name:
                    break
            if len(group) > 1:
                found.append(sorted(group))

    for name in graph:
        if name not in number:
            visit(name)
    return found
