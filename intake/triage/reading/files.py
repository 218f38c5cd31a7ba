"""Reads the YAML files of a protocol, keeping the line of everything, and refuses what it does not know."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import Defect, Place

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without its C part: slower, same result
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

PLAIN = "tag:yaml.org,2002:"


class Refused(Exception):
    """One entry cannot be read; carries the defect."""

    def __init__(self, defect: Defect) -> None:
        super().__init__(str(defect))
        self.defect = defect


class Entry:
    """A mapping of a protocol file. Each key is taken once, by type; `finish` refuses what nobody took."""

    def __init__(self, node: yaml.Node, file: str, name: str = "") -> None:
        self.file, self.node = file, node
        self.line = node.start_mark.line + 1
        self.name = name or file
        if not isinstance(node, yaml.MappingNode):
            raise self.refuse("a mapping (key: value) is expected here", "Write it as key: value lines.")
        self.nodes: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value in self.nodes:
                raise self.refuse(f"the key {key.value!r} stands twice", "Keep one of them.", key)
            self.nodes[key.value] = value
        self.left = dict(self.nodes)
        self.name = name or str(self.nodes["id"].value if "id" in self.nodes else file)

    def refuse(self, wrong: str, to_do: str, node: yaml.Node | None = None) -> Refused:
        line = (node or self.node).start_mark.line + 1
        return Refused(Defect(self.file, line, self.name, wrong, to_do))

    def place(self, key: str = "") -> Place:
        node = self.nodes.get(key, self.node)
        return Place(self.file, node.start_mark.line + 1)

    def has(self, key: str) -> bool:
        return key in self.nodes

    def is_list(self, key: str) -> bool:
        return isinstance(self.nodes[key], yaml.SequenceNode)

    def _take(self, key: str) -> yaml.Node:
        if key not in self.nodes:
            raise self.refuse(f"{key!r} is missing", f"Add a line {key}: ...")
        self.left.pop(key, None)
        return self.nodes[key]

    def _scalar(self, node: yaml.Node, tag: str, kind: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.refuse(f"{kind} is expected", "Write a single value.", node)
        if node.tag != PLAIN + tag:
            hint = "Put it in quotes." if tag == "str" else f"Write {kind}."
            raise self.refuse(f"{node.value!r} is not {kind}", hint, node)
        return str(node.value)

    def text(self, key: str, default: str | None = None) -> str:
        if key not in self.nodes and default is not None:
            return default
        node = self._take(key)
        text = self._scalar(node, "str", "text")
        if not text.strip():
            raise self.refuse(f"{key!r} is empty", "Write the text or remove the line.", node)
        return text.strip()

    def integer(self, key: str) -> int:
        return int(self._scalar(self._take(key), "int", "a whole number"))

    def flag(self, key: str, default: bool | None = None) -> bool:
        if key not in self.nodes and default is not None:
            return default
        return self._scalar(self._take(key), "bool", "true or false") in ("true", "True")

    def items(self, key: str, *, optional: bool = False) -> list[yaml.Node]:
        if optional and key not in self.nodes:
            return []
        node = self._take(key)
        if not isinstance(node, yaml.SequenceNode):
            raise self.refuse(f"{key!r} needs a list", "Write it as [a, b] or as lines that start with -.", node)
        return list(node.value)

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        nodes = self.items(key, optional=optional)
        found = tuple(self._scalar(node, "str", "text") for node in nodes)
        for index, text in enumerate(found):
            if text in found[:index]:
                raise self.refuse(f"{text!r} stands twice in {key!r}", "Keep one of them.", nodes[index])
        return found

    def texts_or_entries(self, key: str) -> list[str | Entry]:
        """Return a list in which each item is a text or an entry of its own."""
        return [
            Entry(node, self.file, self.name)
            if isinstance(node, yaml.MappingNode)
            else self._scalar(node, "str", "text")
            for node in self.items(key)
        ]

    def integers(self, key: str) -> tuple[int, ...]:
        return tuple(int(self._scalar(node, "int", "a whole number")) for node in self.items(key))

    def entries(self, key: str, *, optional: bool = False) -> list[Entry]:
        return [Entry(node, self.file, self.name) for node in self.items(key, optional=optional)]

    def entry(self, key: str) -> Entry:
        return Entry(self._take(key), self.file, key)

    def mapping(self) -> list[tuple[str, Entry]]:
        """Return every key with its value as an entry of its own, named by the key."""
        taken = [(key, Entry(node, self.file, key)) for key, node in self.nodes.items()]
        self.left.clear()
        return taken

    def text_mapping(self) -> dict[str, str]:
        return {key: self.text(key) for key in self.nodes}

    def finish(self) -> None:
        for key, node in self.left.items():
            raise self.refuse(f"the key {key!r} is not known here", "Check its spelling or remove it.", node)


def compose(path: Path, file: str) -> yaml.Node:
    """Return the YAML tree of a file; Refused with the line when it is missing, empty or no YAML."""
    try:
        node = _composed(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refused(Defect(file, 0, file, "the file is missing", "Put it back.")) from None
    except UnicodeDecodeError:
        raise Refused(Defect(file, 0, file, "the file is not UTF-8 text", "Save it as UTF-8.")) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Refused(Defect(file, line, file, f"not YAML: {error.problem}", "Mend the line.")) from None
    if node is None:
        raise Refused(Defect(file, 0, file, "the file is empty", "Put its content back."))
    return node


@lru_cache(maxsize=128)
def _composed(text: str) -> yaml.Node | None:
    """The same text gives the same tree; nothing changes a tree, so loading many variants reads each file once."""
    return yaml.compose(text, Loader=Loader)


def entry_list(node: yaml.Node, file: str) -> list[Entry]:
    """Return the entries of a file that is a list."""
    if not isinstance(node, yaml.SequenceNode):
        raise Refused(Defect(file, 1, file, "a list of entries is expected", "Start each entry with - id: ..."))
    return [Entry(item, file) for item in node.value]


def plain(node: yaml.Node) -> Any:
    """Return the node as dicts, lists and text, for the digest: white space in long texts does not count."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    return " ".join(str(node.value).split())
