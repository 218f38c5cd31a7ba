"""Loads a protocol folder strictly: everything is known, everything fits, or nothing is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from ..errors import Defect, ProtocolError
from . import kinds, patient_words
from .alarms import alarm, misplaced
from .files import Entry, Refused, compose, entry_list, plain
from .heads import Head
from .protocol import BodyMap, Protocol, Question, Rule, Section
from .resolving import Resolver
from .translations import load_words

SHIPPED = Path(__file__).resolve().parents[2] / "protocol"
TIERS = ("emergency", "urgent", "soon")
MAPPINGS = ("protocol", "body_map", "discriminator", "routing", "nerve_levels", "unknowns", "wording", "sources")
LISTS = ("pages", "facts", "origins", "holds")
LATER_LISTS = ("alarms",)  # protocols stored before they existed are still read
BESIDE = {"cases", "es", "accepted_cliffs.yaml"}  # belong to the protocol but not to its version
T = TypeVar("T")


def load(folder: Path | str | None = None, *, stored: bool = False) -> Protocol:
    """Load the protocol of a folder (default: the shipped one).

    Raises ProtocolError with every defect found: an unknown file, key, question, option, fact, rule or source,
    a broken condition, a cycle, a missing text. Reads files only; the same content gives the same digest.
    `stored`: a version that was in use once; it still explains its intakes where a later release asks files for more.
    """
    path = Path(folder) if folder else SHIPPED
    return _Loader(path, stored=stored).load()


@cache
def shipped() -> Protocol:
    """Return the protocol that comes with the product, loaded once per process."""
    return load()


class _Loader:
    def __init__(self, folder: Path, *, stored: bool) -> None:
        self.folder, self.stored = folder, stored
        self.defects: list[Defect] = []
        self.content: dict[str, Any] = {}

    def load(self) -> Protocol:
        maps = {name: self.file(f"{name}.yaml", Entry) for name in MAPPINGS}
        lists = {name: self.file(f"{name}.yaml", entry_list) for name in LISTS}
        lists |= {name: self.file(f"{name}.yaml", entry_list) for name in LATER_LISTS if self.has(f"{name}.yaml")}
        rules = {tier: self.file(f"rules/{tier}.yaml", entry_list) for tier in TIERS}
        self.stop_if_refused()
        words = load_words(self.folder, self.defects)
        head = self.one(lambda entry: Head.read(entry, words), maps["protocol"])
        self.stop_if_refused()
        filed = [section for section in head.sections if not section.pages_only]
        written = {section.id: self.file(f"questions/{section.id}.yaml", entry_list) for section in filed}
        self.refuse_unknown_files(head.sections)
        self.stop_if_refused()
        body_map = self.one(kinds.body_map, maps["body_map"])
        self.stop_if_refused()
        questions = self.questions(head, written, body_map)
        facts = self.each(lists["facts"], kinds.fact)
        named_rules: list[Rule] = []
        for tier, entries in rules.items():
            named_rules += self.each(entries, partial(kinds.rule, tier=tier))
        origins = self.each(lists["origins"], kinds.origin)
        self.stop_if_refused()
        resolver = Resolver(questions, facts, named_rules, self.defects)
        protocol = Protocol(
            folder=self.folder,
            digest=digest_of(self.content),
            title=head.title,
            version_label=head.version_label,
            status=head.status,
            sections=head.sections,
            steps=head.steps,
            questions=resolver.questions,
            pages=tuple(self.each(lists["pages"], lambda e: kinds.page(e, head))),
            body_map=body_map,
            facts=resolver.facts,
            rules=resolver.rules,
            alarms=tuple(self.each(lists.get("alarms", ()), lambda e: alarm(e, resolver))),
            origins=resolver.origins(origins),
            discriminator=self.one(lambda e: kinds.discriminator(e, resolver), maps["discriminator"]),
            routing=self.one(lambda e: kinds.routing(e, resolver), maps["routing"]),
            levels=self.one(lambda e: kinds.nerve_levels(e, resolver), maps["nerve_levels"]),
            holds=tuple(self.each(lists["holds"], lambda e: kinds.hold(e, resolver))),
            unknowns=self.one(lambda e: kinds.unknowns(e, resolver), maps["unknowns"]),
            wording=self.one(lambda e: patient_words.wording(e, resolver, head.words), maps["wording"]),
            sources=self.one(kinds.sources, maps["sources"]),
            words=head.words,
            content=self.content,
        )
        self.stop_if_refused()
        self.defects.extend(resolver.references(protocol))
        self.defects.extend(misplaced(protocol))
        self.stop_if_refused()
        return protocol

    def questions(self, head: Head, written: dict[str, Any], body_map: BodyMap) -> list[Question]:
        found: list[Question] = []
        for section, entries in written.items():
            read = partial(kinds.question, section=section, regions=body_map, words=head.words, stored=self.stored)
            found += self.each(entries, read)
        return found

    def file(self, name: str, kind: Callable[[Any, str], T]) -> Any:
        try:
            node = compose(self.folder / name, name)
            self.content[name] = plain(node)
            return kind(node, name)
        except Refused as refused:
            self.defects.append(refused.defect)
            return None

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    def one(self, read: Callable[[Entry], T], entry: Entry) -> Any:
        try:
            found = read(entry)
            entry.finish()
        except Refused as refused:
            self.defects.append(refused.defect)
            return None
        return found

    def each(self, entries: Iterable[Entry], read: Callable[[Entry], T]) -> list[T]:
        found = [self.one(read, entry) for entry in entries]
        return [item for item in found if item is not None]

    def refuse_unknown_files(self, sections: tuple[Section, ...]) -> None:
        wanted = {f"{name}.yaml" for name in MAPPINGS + LISTS + LATER_LISTS} | {f"rules/{tier}.yaml" for tier in TIERS}
        wanted |= {f"questions/{section.id}.yaml" for section in sections if not section.pages_only}
        for path in sorted(self.folder.rglob("*.y*ml")):
            name = path.relative_to(self.folder).as_posix()
            if name not in wanted and name.split("/")[0] not in BESIDE:
                self.defects.append(
                    Defect(name, 0, name, "this file does not belong to a protocol", "Remove or rename it.")
                )

    def stop_if_refused(self) -> None:
        if self.defects:
            raise ProtocolError(self.defects)


def digest_of(content: dict[str, Any]) -> str:
    """64 hex digits of the content. Comments, line breaks and translations do not count; every word does."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
