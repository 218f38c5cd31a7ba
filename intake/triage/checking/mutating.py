"""Puts one defect at a time into a protocol and asks whether the loader, the checker or the cases notice.

A mutant is one changed protocol file. It is caught when it is refused or fails a case; a mutant that nobody notices
is a defect a tired editor could ship.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import ProtocolError
from ..reading.loading import load
from .cases import Block, read_cases, run_cases
from .checker import contradictions, destinations, thresholds, unproven_rules, unused_questions

CONDITION = re.compile(r"\b(?:fires_when|when|asked_when): (?:>-\n((?: {4,}.*\n)+)|(.*)\n)")
TIERS = ("emergency", "urgent", "soon")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One injected defect: which file, what was done, and the file's new text."""

    kind: str
    file: str
    line: int
    what: str
    text: str
    other: tuple[str, str] | None = None  # a second changed file, when an entry moves


@dataclass(frozen=True, slots=True)
class TriedMutant:
    mutant: Mutant
    caught_by: str  # loader, checker, cases, or "" when nobody noticed


def mutants(folder: Path) -> list[Mutant]:
    """Every defect this module knows how to inject into the rules, facts, questions and origins of a protocol."""
    files = ["facts.yaml", "origins.yaml", *(f"rules/{tier}.yaml" for tier in TIERS)]
    files += sorted(f"questions/{path.name}" for path in (folder / "questions").glob("*.yaml"))
    found: list[Mutant] = []
    for file in files:
        text = (folder / file).read_text(encoding="utf-8")
        for match in CONDITION.finditer(text):
            start = match.start(1) if match.group(1) else match.start(2)
            end = match.end(1) if match.group(1) else match.end(2)
            found += _in_condition(file, text, start, end)
    for tier in TIERS:
        found += _whole_rules(folder, tier)
    return found


def _in_condition(file: str, text: str, start: int, end: int) -> Iterator[Mutant]:  # noqa: C901
    condition = text[start:end]

    def mutant(kind: str, at: int, length: int, new: str) -> Mutant:
        changed = text[: start + at] + new + text[start + at + length :]
        line = text.count("\n", 0, start + at) + 1
        return Mutant(kind, file, line, f"{condition[at : at + length].strip()!r} became {new.strip()!r}", changed)

    for found in re.finditer(r"\bAND\b", condition):
        yield mutant("AND for OR", found.start(), 3, "OR")
    for found in re.finditer(r"\bOR\b", condition):
        yield mutant("OR for AND", found.start(), 2, "AND")
    for found in re.finditer(r"\bNOT\s+", condition):
        yield mutant("lost NOT", found.start(), len(found.group()), "")
    for found in re.finditer(r">=|<=", condition):
        yield mutant("flipped comparison", found.start(), 2, "<=" if found.group() == ">=" else ">=")
    for found in re.finditer(r"(?<=[>=<]=)\d+", condition):
        for step in (-1, 1):
            yield mutant("moved threshold", found.start(), len(found.group()), str(int(found.group()) + step))
    for found in re.finditer(r"(?<=atleast\()\d", condition):
        yield mutant("moved threshold", found.start(), 1, str(int(found.group()) + 1))
    for found in re.finditer(r":([a-z0-9_]+(?:/[a-z0-9_]+)+)", condition):
        options = found.group(1).split("/")
        for gone in options:
            kept = "/".join(option for option in options if option != gone)
            yield mutant("dropped option", found.start(1), len(found.group(1)), kept)
    for found in re.finditer(r"\b[a-z_]{4,}(?=[:>])", condition):
        yield mutant("wrong id", found.start(), len(found.group()), found.group()[:-1])
    for found in re.finditer(r"\b(?!AND\b|NOT\b)[A-Z][A-Z0-9_]{2,}\b", condition):
        yield mutant("wrong id", found.start(), len(found.group()), found.group() + "S")


def _whole_rules(folder: Path, tier: str) -> Iterator[Mutant]:
    file = f"rules/{tier}.yaml"
    text = (folder / file).read_text(encoding="utf-8")
    lower = TIERS[TIERS.index(tier) + 1] if tier != "soon" else "urgent"
    target = f"rules/{lower}.yaml"
    rest = (folder / target).read_text(encoding="utf-8")
    for entry in re.finditer(r"^- id: (\w+)\n(?:(?!- id:).*\n?)+", text, flags=re.MULTILINE):
        line = text.count("\n", 0, entry.start()) + 1
        without = text[: entry.start()] + text[entry.end() :]
        yield Mutant("removed rule", file, line, f"{entry.group(1)} removed", without)
        moved = f"{rest.rstrip()}\n\n{entry.group().rstrip()}\n"
        yield Mutant("changed tier", file, line, f"{entry.group(1)} made {lower}", without, (target, moved))
        sources = re.search(r"  sources: .*\n", entry.group())
        if sources:
            bare = entry.group().replace(sources.group(), "  sources: []\n")
            text_without = text[: entry.start()] + bare + text[entry.end() :]
            yield Mutant("lost source", file, line, f"{entry.group(1)} without a source", text_without)


def trial(folder: Path, chosen: list[Mutant]) -> Iterator[TriedMutant]:
    """Tries mutants one by one, in a copy of the folder."""
    blocks = [found for found in read_cases(folder) if isinstance(found, Block)]
    with tempfile.TemporaryDirectory(prefix="protocol-") as place:
        copy = Path(place) / "protocol"
        shutil.copytree(folder, copy)
        for mutant in chosen:
            changes = dict([(mutant.file, mutant.text), *([mutant.other] if mutant.other else [])])
            for file, text in changes.items():
                (copy / file).write_text(text, encoding="utf-8")
            yield TriedMutant(mutant, caught_by(copy, blocks))
            for file in changes:
                shutil.copyfile(folder / file, copy / file)


def caught_by(folder: Path, blocks: list[Block]) -> str:
    """Who refuses this protocol first: loader, checker or cases; "" when nobody does."""
    try:
        protocol = load(folder)
    except ProtocolError:
        return "loader"
    for finding in (thresholds, contradictions, destinations, unproven_rules, unused_questions):
        if next(iter(finding(protocol, blocks)), None):
            return "checker"
    return "cases" if next(iter(run_cases(protocol, blocks)), None) else ""


def sample(found: list[Mutant], number: int, seed: int = 1) -> list[Mutant]:
    """Return a sample that keeps every kind in proportion."""
    if number >= len(found):
        return found
    luck = random.Random(seed)  # noqa: S311 (a repeatable sample, no secret)
    return sorted(luck.sample(found, number), key=lambda mutant: (mutant.file, mutant.line))
