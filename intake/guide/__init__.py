"""The pain guide: what this clinic treats, for somebody who has not said who they are.

The questions, the tiers and the warning signs are the protocol's. What is said beyond it stands in `areas.yaml`, in
English, and in `es.yaml` with the same ids. Both are loaded strictly; nothing here names a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from intake import triage
from intake.triage.errors import Defect, ProtocolError
from intake.triage.reading.files import Entry, Refused, compose

FOLDER = Path(__file__).resolve().parent
FIRST_LOOK = "physical_therapist"


@dataclass(frozen=True)
class GuideWords:
    """Words by language; both are always there."""

    en: str
    es: str

    def in_(self, language: str) -> str:
        return self.es if language == "es" else self.en


@dataclass(frozen=True)
class Area:
    """A place that hurts. `regions`: what it may be on the body map, one side standing for both. `origins` name the
    rows of the protocol's routing from which it is told who usually helps. `options`: what a therapist may discuss.
    """

    id: str
    regions: tuple[str, ...]
    origins: tuple[str, ...]
    options: tuple[str, ...]
    label: GuideWords
    treats: GuideWords
    elsewhere: GuideWords
    looks_at: GuideWords


@dataclass(frozen=True)
class CareOption:
    """Something a therapist may discuss; left out while one of the protocol's holds stands."""

    id: str
    unless_held: tuple[str, ...]
    text: GuideWords


@dataclass(frozen=True)
class Guide:
    """`self_care_held`: items of the protocol's self-care to the holds that take them off; `self_care_but`: what is
    said beside an item, always."""

    areas: Mapping[str, Area]
    options: Mapping[str, CareOption]
    self_care_held: Mapping[str, tuple[str, ...]]
    self_care_but: Mapping[str, GuideWords]


@cache
def guide() -> Guide:
    """Return the guide that comes with the product, loaded once. Raises ProtocolError naming file and line."""
    return load(FOLDER, triage.shipped())


def load(folder: Path, protocol: triage.Protocol) -> Guide:
    """Return the guide of a folder. Everything it names must be in the protocol, and every text in both languages."""
    try:
        english, spanish = (Entry(compose(folder / name, name), name) for name in ("areas.yaml", "es.yaml"))
        return _GuideLoader(protocol).read(english, spanish)
    except Refused as refused:
        raise ProtocolError([refused.defect]) from None


class _GuideLoader:
    def __init__(self, protocol: triage.Protocol) -> None:
        self.protocol = protocol
        self.holds = {hold.id for hold in protocol.holds}

    def read(self, english: Entry, spanish: Entry) -> Guide:
        options = self.both(english, spanish, "options", self.option)
        areas = self.both(english, spanish, "areas", lambda entry, words: self.area(entry, words, options))
        care = self.both(english, spanish, "self_care", self.care)
        english.finish()
        spanish.finish()
        held = {name: hold for name, (hold, _but) in care.items()}
        return Guide(areas, options, held, {name: but for name, (_hold, but) in care.items() if but})

    def both(self, english: Any, spanish: Any, key: str, read: Callable[..., Any]) -> dict[str, Any]:
        """The entries under `key`, each with its Spanish words; the same ids in both, in the order of the English."""
        ours, theirs = dict(english.entry(key).mapping()), dict(spanish.entry(key).mapping())
        for name in theirs:
            if name not in ours:
                raise theirs[name].refuse(f"{name!r} is not in the English file", "Remove it, or write the English.")
        found = {}
        for name, entry in ours.items():
            if name not in theirs:
                raise entry.refuse(f"{name!r} has no Spanish words", "Add them to es.yaml.")
            found[name] = read(entry, theirs[name])
            entry.finish()
            theirs[name].finish()
        return found

    def area(self, entry: Any, words: Any, options: Any) -> Area:
        places = set(self.protocol.questions["pain_regions"].option_ids)
        return Area(
            id=entry.name,
            regions=self.known(entry, "regions", places, "place of the body map"),
            origins=self.known(entry, "origins", set(self.protocol.routing.rows), "row of the routing"),
            options=self.known(entry, "options", set(options), "option"),
            **{
                key: GuideWords(entry.text(key), words.text(key))
                for key in ("label", "treats", "elsewhere", "looks_at")
            },
        )

    def option(self, entry: Any, words: Any) -> CareOption:
        text = GuideWords(entry.text("text"), words.text("text"))
        return CareOption(entry.name, self.known(entry, "unless_held", self.holds, "hold"), text)

    def care(self, entry: Any, words: Any) -> tuple[tuple[str, ...], Any]:
        if entry.name not in self.protocol.wording.self_care:
            raise entry.refuse(f"{entry.name!r} is no self-care of the protocol", "Use an id of wording.yaml.")
        but = GuideWords(entry.text("but"), words.text("but")) if entry.has("but") else None
        return self.known(entry, "unless_held", self.holds, "hold"), but

    def known(self, entry: Any, key: str, names: Container[str], what: str) -> tuple[str, ...]:
        found = entry.texts(key, optional=key == "unless_held")
        for name in found:
            if name not in names:
                raise entry.refuse(f"{name!r} is no {what}", "Check its spelling.")
        return found


__all__ = ["Area", "CareOption", "Defect", "Guide", "GuideWords", "guide", "load"]
