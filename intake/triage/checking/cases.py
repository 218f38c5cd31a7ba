"""The protocol's own cases: answers and what must follow from them, in files a clinician can read and extend.

A block is a set of answers for which something holds, and changes to it, one at a time:

    - rule: child_hip
      answers: {age: 12, pain_regions: [knee_left], walking_change: [limp]}
      first: orthopedist                          # the specialist suggested first
      also_fires: [{weight_bearing: limp, walking_change: [none]}]
      just_misses: [{age: 17}, {walking_change: [none]}]
      unsure: {walking_change: fires}             # this answer replaced by "unsure": fires, open or out
      missing: {walking_change: open}             # this answer left out

Instead of `rule` a block may be about a `fact`, a `question` (is it asked?) or an `origin` (then `points` is its
score and each change says its own). null in a change leaves the answer out. `open` is "not ruled out".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without its C part: slower, same result
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

from ..deciding.compiling import program_of
from ..deciding.routing import nerve_share, rank_origins, route
from ..errors import AnswerError, Defect
from ..reading.answers import validate_answers
from ..reading.protocol import Protocol

FILES = ("emergency", "urgent", "soon", "facts", "asked", "origins")
KINDS = ("rule", "fact", "question", "origin")
KEYS = {"answers", "first", "points", "also_fires", "just_misses", "unsure", "missing", *KINDS}


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a case file. `tier` is the file's name for rules, otherwise empty."""

    file: str
    place: int
    kind: str
    about: str
    tier: str
    told: Mapping[str, Any]

    @property
    def answers(self) -> dict[str, Any]:
        return dict(self.told["answers"])

    def fault(self, wrong: str) -> Defect:
        return Defect(self.file, 0, self.about, f"block {self.place}: {wrong}", "Mend the rule or the case.")


def read_cases(folder: Path) -> Iterator[Block | Defect]:
    """Return the blocks of the `cases` folder of a protocol, and a defect for each that cannot be read."""
    for name in FILES:
        file = f"cases/{name}.yaml"
        try:
            blocks = yaml.load((folder / file).read_text(encoding="utf-8"), Loader=Loader)
        except (OSError, yaml.YAMLError) as error:
            yield Defect(file, 0, file, f"cannot be read: {' '.join(str(error).split())}", "Mend the file.")
            continue
        for place, told in enumerate(blocks or [], start=1):
            about = [kind for kind in KINDS if kind in told]
            if len(about) != 1 or "answers" not in told or set(told) - KEYS:
                wrong = f"block {place} needs answers, one of {', '.join(KINDS)}, and no unknown key"
                yield Defect(file, 0, str(told.get(about[0]) if about else file), wrong, "Mend the block.")
                continue
            kind = about[0]
            tier = name if kind == "rule" else ""
            yield Block(file, place, kind, told[kind], tier, told)


def run_cases(protocol: Protocol, blocks: list[Block]) -> Iterator[Defect]:
    """Return what a protocol gets wrong of its cases; nothing when all hold."""
    runner = _Runner(protocol)
    for block in blocks:
        try:
            yield from runner.block(block)
        except AnswerError as error:
            yield block.fault(f"an answer does not fit: {error.message}")


class _Runner:
    def __init__(self, protocol: Protocol) -> None:
        self.protocol, self.program = protocol, program_of(protocol)
        self.places = {name: place for place, name in enumerate(self.program.rule_ids)}
        self.facts = {name: place for place, name in enumerate(protocol.facts)}
        self.asked = {name: place for place, name in enumerate(self.program.question_ids)}
        self.origins = {name: place for place, name in enumerate(protocol.origins)}

    def block(self, block: Block) -> Iterator[Defect]:
        known: Mapping[str, Any] = {
            "rule": self.protocol.rules,
            "fact": self.protocol.facts,
            "question": self.protocol.questions,
            "origin": self.protocol.origins,
        }[block.kind]
        if block.about not in known:
            yield block.fault(f"the {block.kind} {block.about!r} is not in the protocol")
            return
        if block.tier and self.protocol.rules[block.about].tier.word != block.tier:
            yield block.fault(f"the rule stands in the tier {self.protocol.rules[block.about].tier.word}")
        if block.kind == "origin":
            yield from self.points(block)
            return
        answers = block.answers
        yield from self.expect(block, answers, "fires", "the answers")
        if "first" in block.told:
            first = self.first_specialist(answers)
            if first != block.told["first"]:
                yield block.fault(f"the first specialist is {first}, not {block.told['first']}")
        for key, result in (("also_fires", "fires"), ("just_misses", "")):
            for change in block.told.get(key, ()):
                yield from self.expect(block, changed(answers, change), result, str(change))
        for name, result in block.told.get("unsure", {}).items():
            many = self.protocol.questions[name].takes_many if name in self.protocol.questions else False
            unsure = {name: ["unsure"] if many else "unsure"}
            yield from self.expect(block, changed(answers, unsure), result, f"{name} unsure")
        for name, result in block.told.get("missing", {}).items():
            yield from self.expect(block, changed(answers, {name: None}), result, f"{name} left out")

    def expect(self, block: Block, answers: dict[str, Any], wanted: str, what: str) -> Iterator[Defect]:
        found = self.result(block, answers)
        if found != wanted and not (wanted == "" and found != "fires"):
            yield block.fault(f"with {what} it {said(found)}, expected that it {said(wanted or 'out')}")

    def result(self, block: Block, answers: dict[str, Any]) -> str:
        clean = validate_answers(self.protocol, answers)
        if block.kind == "rule":
            fired, could, *_ = self.program.decide(clean)
            place = self.places[block.about]
            return "fires" if place in fired else "open" if place in could else "out"
        if block.kind == "fact":
            return "fires" if self.program.facts(clean)[self.facts[block.about]] else "out"
        return "fires" if self.program.examine(clean)[2] >> self.asked[block.about] & 1 else "out"

    def points(self, block: Block) -> Iterator[Defect]:
        answers = block.answers
        yield from self.expect_points(block, answers, block.told.get("points"), "the answers")
        for change in block.told.get("just_misses", ()):
            without = {name: value for name, value in change.items() if name != "points"}
            yield from self.expect_points(block, changed(answers, without), change.get("points"), str(without))

    def expect_points(self, block: Block, answers: dict[str, Any], wanted: Any, what: str) -> Iterator[Defect]:
        scores = self.program.examine(validate_answers(self.protocol, answers))[6]
        found = scores[self.origins[block.about]][0]
        if found != wanted:
            yield block.fault(f"with {what} it has {found} points, expected {wanted}")

    def first_specialist(self, answers: dict[str, Any]) -> str:
        protocol = self.protocol
        fired, _, _, _, _, _, scores, conditions = self.program.examine(validate_answers(protocol, answers))
        rules = list(protocol.rules.values())
        worst = sorted((rules[place] for place in fired), key=lambda rule: -rule.tier)
        share = nerve_share(protocol, scores[-2][0], scores[-1][0])
        points = {name: scores[place][0] for name, place in self.origins.items()}
        if share.mixed:
            points[protocol.discriminator.mixed_origin] += protocol.discriminator.mixed_points
        return route(protocol, worst, rank_origins(protocol, points, worst), conditions)[0].id


def changed(answers: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers with some replaced; None leaves one out."""
    return {name: value for name, value in {**answers, **change}.items() if value is not None}


def said(result: str) -> str:
    return {"fires": "holds", "open": "is not ruled out", "out": "does not hold"}.get(result, result)
