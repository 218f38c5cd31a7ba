"""The setup file: what a new clinic is, in YAML. Each value knows its line, so that a fault can name it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from clinic.owning.location_form import DAYS

MOST_BYTES = 100_000
PARTS = {
    "location": (
        "name", "street", "city", "state", "zip_code", "phone", "fax", "on_call_phone", "time_zone", "majority_age",
        "hours", "closed_on",
    ),
    "manager": ("name", "email"),
}  # fmt: skip
TYPED_LIKE = {"majority_age": "18", "time_zone": "America/New_York"}  # what counts where a line is left out


class Unusable(Exception):
    """The file cannot be used; each fault has its line and its reason."""

    def __init__(self, *faults: tuple[int, str]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(f"line {line}: {why}" for line, why in self.faults))


@dataclass
class FilePart:
    """One part of the file: what was typed, and the line of each value."""

    line: int
    typed: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def faults_of(self, form: Any) -> Iterator[tuple[int, str]]:
        """Say what the form refused, with the line it stands on.

        What is missing has the line of its part.
        """
        for name, errors in form.errors.items():
            for words in errors:
                yield self.lines.get(name, self.line), f"{name}: {words}"


@dataclass(frozen=True)
class SetupFile:
    """`organization` is empty where the file does not name it."""

    location: FilePart
    manager: FilePart
    organization: str = ""
    organization_line: int = 0


def read(path: Path) -> SetupFile:
    """Read the file; raises Unusable with every fault of its form.

    What its values mean is for the forms.
    """
    root = _root(path)
    faults: list[tuple[int, str]] = []
    found = dict(_pairs(root, ("organization", *PARTS), faults))
    parts = {}
    for name, known in PARTS.items():
        node = found.get(name)
        if not isinstance(node, yaml.MappingNode):
            faults.append((_line(node or root), f"{name}: write this part, with a line for each value below it."))
        else:
            parts[name] = _part(node, known, faults)
    named = found.get("organization")
    organization = _text("organization", named, faults) if named else ""
    if faults:
        raise Unusable(*faults)
    return SetupFile(**parts, organization=organization, organization_line=_line(named) if named else 0)


def _root(path: Path) -> yaml.MappingNode:
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise Unusable((1, "this file is too large for a setup file."))
        root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise Unusable((0, f"{path} cannot be read: {error.strerror}.")) from None
    except UnicodeDecodeError:
        raise Unusable((1, "this file is not text in UTF-8.")) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "a character that YAML does not take"
        raise Unusable((mark.line + 1 if mark else 1, f"this is no YAML: {said}.")) from None
    if not isinstance(root, yaml.MappingNode):
        raise Unusable((1, "write organization, location and manager, as in clinic/owning/clinic.example.yaml."))
    return root


def _part(node: yaml.MappingNode, known: tuple[str, ...], faults: list[tuple[int, str]]) -> FilePart:
    part = FilePart(_line(node))
    for name, value in _pairs(node, known, faults):
        if name == "hours":
            _add_hours(part, value, faults)
        elif name == "closed_on":
            part.lines[name] = _line(value)
            part.typed[name] = _lines_of_text(name, value, faults)
        else:
            part.lines[name] = _line(value)
            part.typed[name] = _text(name, value, faults)
    for name, otherwise in TYPED_LIKE.items():
        if name in known:
            part.typed.setdefault(name, otherwise)
    return part


def _add_hours(part: FilePart, node: yaml.Node, faults: list[tuple[int, str]]) -> None:
    if not isinstance(node, yaml.MappingNode):
        faults.append((_line(node), "hours: write a line for each open day, such as mon: 8:00-18:00."))
        return
    for day, value in _pairs(node, tuple(DAYS), faults):
        part.lines[day] = _line(value)
        part.typed[day] = _text(day, value, faults)


def _pairs(
    node: yaml.MappingNode, known: tuple[str, ...], faults: list[tuple[int, str]]
) -> Iterator[tuple[str, yaml.Node]]:
    """Return each name with its value; one that nobody knows is a fault."""
    met = set()
    for name, value in node.value:
        said = str(name.value) if isinstance(name, yaml.ScalarNode) else "this"
        if said not in known:
            faults.append((_line(name), f"{said}: nothing is called that here. Known are {', '.join(known)}."))
        elif said in met:
            faults.append((_line(name), f"{said}: it stands here twice."))
        else:
            met.add(said)
            yield said, value


def _text(name: str, node: yaml.Node, faults: list[tuple[int, str]]) -> str:
    """Return a value as it was typed: no number is read into a ZIP code."""
    if isinstance(node, yaml.ScalarNode):
        return "" if node.tag.endswith(":null") else str(node.value).strip()
    faults.append((_line(node), f"{name}: write one value here."))
    return ""


def _lines_of_text(name: str, node: yaml.Node, faults: list[tuple[int, str]]) -> str:
    if not isinstance(node, yaml.SequenceNode):
        return _text(name, node, faults)
    return "\n".join(_text(name, one, faults) for one in node.value)


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
