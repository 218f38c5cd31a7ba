"""What the engine says about one set of answers. Immutable, and the same for the same answers and protocol."""

from __future__ import annotations

from dataclasses import asdict, dataclass, is_dataclass
from enum import Enum
from typing import Any

from ..reading.protocol import Source, Urgency

TOLD_BY_THE_SUMMARY = ("digest", "urgency", "unused_alarms", "asked", "nerve_points", "musculoskeletal_points")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that counted: an option id of a question, or its number."""

    question: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding the rule must not fire on, which these answers show, and which is not what fired it."""

    finding: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class UnusedAlarm:
    """An answer that alarms by itself and by which no rule fired. `severity`: critical, serious or concerning."""

    question: str
    value: str
    severity: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule that fired. `answers` is a smallest set of answers that makes it fire; `also` are alarming answers by
    which it fires too; `ignored` are the findings of `must_not_fire_on` that were present beside them. All three are
    empty without explanation."""

    rule: str
    tier: Urgency
    condition: str
    why: str
    sources: tuple[Source, ...]
    destination: str
    must_not_fire_on: tuple[str, ...]
    answers: tuple[Answer, ...] = ()
    also: tuple[Answer, ...] = ()
    ignored: tuple[Ignored, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRuledOut:
    """A rule that did not fire but still could. `questions`: the open questions it hangs on."""

    rule: str
    tier: Urgency
    condition: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Points for (positive) or against (negative) an origin, the condition they are given for, and its answers."""

    points: int
    condition: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class OriginScore:
    """Where the trouble may come from. `strength` is likely, possible or not_enough; `set_by`: fired rules that
    put it ahead of any score."""

    id: str
    label: str
    points: int
    strength: str
    set_by: tuple[str, ...] = ()
    evidence_for: tuple[Evidence, ...] = ()
    evidence_against: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A specialist to consider. `because`: rule:<id>, origin:<id>, addition or otherwise; `reason` in words."""

    id: str
    reason: str
    because: str


@dataclass(frozen=True, slots=True)
class LevelHint:
    """A nerve root the answers hint at, for the examination."""

    id: str
    points: int
    supports: tuple[Answer, ...]
    weakens: tuple[Answer, ...]
    ask: str


@dataclass(frozen=True, slots=True)
class Hold:
    """What the therapist holds back. `rules`: the fired rules that cause it; `answers`: answers that do."""

    id: str
    text: str
    rules: tuple[str, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Unsure:
    """An unsure answer and its effect: raised (the rules it raised), not_ruled_out (the rules left open), note."""

    question: str
    answer: str
    effect: str
    rules: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Outcome:
    """The whole result. Orders: flags and not_ruled_out by tier, worst first, then as in the protocol; unused_alarms
    by severity, worst first; origins and specialists first choice first; questions in protocol order. `nerve_share`
    is None (not enough answers) or percent in tens. Nothing here is a diagnosis."""

    digest: str
    urgency: Urgency
    flags: tuple[Flag, ...]
    unused_alarms: tuple[UnusedAlarm, ...]
    not_ruled_out: tuple[NotRuledOut, ...]
    asked: tuple[str, ...]
    unanswered: tuple[str, ...]
    unsure: tuple[Unsure, ...]
    strength_not_checked: tuple[str, ...]
    origins: tuple[OriginScore, ...]
    nerve_points: int
    musculoskeletal_points: int
    nerve_share: int | None
    nerve_reading: str
    level_hints: tuple[LevelHint, ...]
    specialists: tuple[Suggestion, ...]
    holds: tuple[Hold, ...]
    self_harm: bool
    listed_signs: tuple[str, ...]
    self_care: tuple[str, ...]

    @property
    def emergency(self) -> bool:
        return self.urgency is Urgency.EMERGENCY

    def as_json(self, *, explain: bool = True) -> dict[str, Any]:
        """Return JSON-able data with stable keys; without explanation only the summary."""
        summary: dict[str, Any] = {
            "urgency": self.urgency.word,
            "flags": [flag.rule for flag in self.flags],
            "unused_alarms": plain(self.unused_alarms),
            "not_ruled_out": [rule.rule for rule in self.not_ruled_out],
            "origins": [{"id": o.id, "points": o.points, "strength": o.strength} for o in self.origins],
            "nerve_points": self.nerve_points,
            "musculoskeletal_points": self.musculoskeletal_points,
            "specialists": [suggestion.id for suggestion in self.specialists],
            "asked": list(self.asked),
            "protocol": self.digest,
        }
        if explain:
            summary["explanation"] = {
                key: plain(getattr(self, key)) for key in self.__dataclass_fields__ if key not in TOLD_BY_THE_SUMMARY
            }
        return summary


def plain(value: Any) -> Any:
    """Outcomes and their parts as JSON-able data: dicts, lists, tiers by their word."""
    if isinstance(value, Urgency):
        return value.word
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(item) for key, item in asdict(value, dict_factory=_shallow(value)).items()}
    return value


def _shallow(value: Any) -> Any:
    return lambda _: {key: getattr(value, key) for key in value.__dataclass_fields__}
