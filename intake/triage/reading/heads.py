"""Reads protocol.yaml: what the protocol is called, and the sections and steps its pages stand under."""

from __future__ import annotations

from dataclasses import dataclass

from .files import Entry
from .protocol import Section, Step
from .wordings import Words

STATUSES = ("sample", "approved")


@dataclass(frozen=True)
class Head:
    """What protocol.yaml says."""

    title: str
    version_label: str
    status: str
    sections: tuple[Section, ...]
    steps: tuple[Step, ...]
    words: Words

    @classmethod
    def read(cls, entry: Entry, words: Words) -> Head:
        for key in ("id", "locale", "scope"):
            entry.text(key)
        status = entry.text("status")
        if status not in STATUSES:
            raise entry.refuse(f"the status {status!r} is not known", "Write sample or approved.")
        sections = []
        for item in entry.entries("sections"):
            sections.append(Section(item.text("id"), item.text("title"), item.flag("pages_only", False), words))
            item.finish()
        steps = _steps(entry, [section.id for section in sections], words)
        head = cls(entry.text("title"), entry.text("version_label"), status, tuple(sections), steps, words)
        entry.finish()
        return head


def _steps(entry: Entry, sections: list[str], words: Words) -> tuple[Step, ...]:
    """Read the steps of the way; every section belongs to one of them."""
    steps: list[Step] = []
    for item in entry.entries("steps", optional=True):
        steps.append(Step(item.text("id"), item.text("title"), item.texts("sections"), words))
        item.finish()
    named = [section for step in steps for section in step.sections]
    if steps and sorted(named) != sorted(sections):
        differ = ", ".join(sorted(set(named) ^ set(sections))) or "one stands twice"
        wrong = f"the steps do not name every section once ({differ})"
        raise entry.refuse(wrong, "Put each section into one step.", entry.nodes["steps"])
    return tuple(steps)
