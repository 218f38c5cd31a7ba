"""From fired rules and points to origins, nerve share and specialists, by the tables of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..reading.protocol import Protocol, Row, Rule, Way
from .compiling import program_of
from .outcome import Suggestion

LIKELY_FROM, POSSIBLE_FROM, AHEAD_BY, SHOWN = 5, 3, 2, 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """An origin with its points, the fired rules that set it, and its strength."""

    id: str
    points: int
    set_by: tuple[str, ...]
    strength: str


@dataclass(frozen=True, slots=True)
class Share:
    """Nerve share of the points: exact (for decisions) and to the nearest ten percent (for reading)."""

    nerve: int
    musculoskeletal: int
    percent: int | None
    reading: str
    mixed: bool


def nerve_share(protocol: Protocol, nerve: int, musculoskeletal: int) -> Share:
    """Return how the answers sound: nerve, musculoskeletal, mixed, or not_enough below the least number of points."""
    sides, total = protocol.discriminator, nerve + musculoskeletal
    if total < sides.compare_from:
        return Share(nerve, musculoskeletal, None, "not_enough", False)
    percent = (20 * nerve + total) // (2 * total) * 10
    reading = "mixed"
    if nerve * 100 >= sides.mainly_from * total:
        reading = "nerve"
    elif musculoskeletal * 100 >= sides.mainly_from * total:
        reading = "musculoskeletal"
    within = nerve * 100 <= sides.mainly_from * total and musculoskeletal * 100 <= sides.mainly_from * total
    mixed = within and min(nerve, musculoskeletal) >= sides.mixed_from
    return Share(nerve, musculoskeletal, percent, reading, mixed)


def rank_origins(protocol: Protocol, points: dict[str, int], fired: Sequence[Rule]) -> tuple[Ranked, ...]:
    """Rank the origins: those set by a fired rule first (highest tier first), then by points, then as listed.

    Three are shown, and behind them every spine or cord origin that is at least possible: which area bothers most may
    order the list, and never push one of these out of it. Origins below three points are left out while a better one is
    there; alone, they stand as "not enough".
    """
    ranked = []
    for place, (name, origin) in enumerate(protocol.origins.items()):
        set_by = tuple(rule.id for rule in fired if rule.id in origin.set_by_rules)
        if points[name] <= 0 and not set_by:
            continue
        tier = max((protocol.rules[rule].tier for rule in set_by), default=0)
        next_best = max((other for key, other in points.items() if key != name), default=0)
        if points[name] >= LIKELY_FROM and points[name] - next_best >= AHEAD_BY:
            strength = "likely"
        else:
            strength = "possible" if points[name] >= POSSIBLE_FROM or set_by else "not_enough"
        ranked.append(((-tier, -points[name], place), Ranked(name, points[name], set_by, strength)))
    found = [origin for _, origin in sorted(ranked, key=lambda pair: pair[0])]
    enough = [origin for origin in found if origin.strength != "not_enough"]
    always = [origin for origin in enough[SHOWN:] if origin.id in protocol.routing.always_listed_origins]
    return tuple((enough or found)[:SHOWN] + always)


def route(  # noqa: C901
    protocol: Protocol, fired: Sequence[Rule], origins: Sequence[Ranked], conditions: int
) -> tuple[Suggestion, ...]:
    """Specialists, first choice first: of the fired rules, of the first origin, then the additions."""
    holds, routing = program_of(protocol).holds, protocol.routing
    found: dict[str, Suggestion] = {}

    def add(to: str, reason: str, because: str) -> None:
        found.setdefault(to, Suggestion(to, reason, because))

    def add_ways(ways: Iterable[Way], because: str, label: str) -> None:
        for way in ways:
            if holds(way.when, conditions):
                add(way.to, f"{label}: {way.because}" if way.because else label, because)

    def add_row(row: Row, because: str, label: str) -> None:
        add_ways(row.first[:1] if holds(row.first[0].when, conditions) else row.first, because, label)
        if row.with_nerve_first:
            for other in origins:
                if other.id in routing.nerve_origins:
                    add_ways(routing.rows[other.id].first, f"origin:{other.id}", protocol.origins[other.id].label)
                    break
        add_ways(row.also, because, label)

    for rule in fired:
        for way in rule.refer_first:
            if holds(way.when, conditions):
                add(way.to, f"{rule.condition}: {way.because}", f"rule:{rule.id}")
        for to in rule.refer_to:
            add(to, f"{rule.condition}: {rule.destination}", f"rule:{rule.id}")
    first = origins[0] if origins else None
    if first is None or first.strength == "not_enough":
        add(routing.otherwise.to, routing.otherwise.because, "otherwise")
    if first:
        add_row(routing.rows[first.id], f"origin:{first.id}", protocol.origins[first.id].label)
    for way in routing.additions:
        if holds(way.when, conditions):
            add(way.to, way.because, "addition")
    return tuple(found.values())
