"""Decides for many intakes at once: the same expression trees, compiled to NumPy operations on bit planes.

A plane holds one truth for every intake of a block, eight to a byte. Only the replay imports this module, so a web
process never loads NumPy. `tests/protocol/` holds this back end equal to the one that decides a single case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..deciding.routing import POSSIBLE_FROM
from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.protocol import Condition, Protocol, Weight
from ..reading.resolving import build_order, names_in
from .coding import CodeBook, Field

Plane = NDArray[np.uint8]
BLOCK = 65_536  # intakes in a block: its columns fit the processor's cache
NOBODY = 255  # no specialist: never happens while the protocol names one for "otherwise"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a block of `size` intakes comes to. `fires` has one plane for each rule, in protocol order."""

    size: int
    fires: list[Plane]
    urgency: NDArray[np.uint8]
    specialist: NDArray[np.uint8]  # places in `Planes.specialists`

    def counts(self) -> list[int]:
        """Return how many intakes each rule fires for."""
        return [int(np.bitwise_count(trimmed(plane, self.size)).sum()) for plane in self.fires]


class Planes:
    """A protocol that decides blocks of codes made by `book` (its own, or that of an older protocol).

    An option or question the older protocol did not have counts as not answered.
    """

    def __init__(self, protocol: Protocol, book: CodeBook) -> None:
        self.protocol, self.book = protocol, book
        self.rule_ids = tuple(protocol.rules)
        self.specialists = tuple(protocol.specialists)
        self.rule_order = tuple(build_order(protocol.rules, lambda rule: names_in(rule.fires_when.expression, Fires)))
        self.tiers = np.array([int(rule.tier) for rule in protocol.rules.values()], dtype=np.uint8)

    def decide(self, codes: NDArray[np.uint8]) -> Decided:
        """Decide for codes of shape (intakes, book.width)."""
        block = _Block(self, np.ascontiguousarray(codes.T), len(codes))
        fires = block.rules()
        urgency = np.zeros(len(codes), dtype=np.uint8)
        for tier in (1, 2, 3):
            planes = [plane for plane, of in zip(fires, self.tiers, strict=True) if of == tier]
            if planes:
                urgency[opened(np.bitwise_or.reduce(planes), len(codes)) != 0] = tier
        return Decided(len(codes), fires, urgency, block.first_specialist(fires))


class _Block:
    """One block while it is decided: columns of bytes, and every plane made so far."""

    def __init__(self, planes: Planes, columns: NDArray[np.uint8], size: int) -> None:
        self.planes, self.protocol, self.columns, self.size = planes, planes.protocol, columns, size
        self.fields = planes.book.fields
        self.nothing: Plane = np.zeros((size + 7) // 8, dtype=np.uint8)
        self.everything: Plane = ~self.nothing
        self.asked: dict[str, Plane] = {}
        self.leaves: dict[Expression, Plane] = {}
        self.named: dict[str, Plane] = {}
        for question in self.protocol.questions.values():
            if question.asked_when:
                self.asked[question.id] = self.plane(question.asked_when.expression)
        for name, fact in self.protocol.facts.items():
            self.named[name] = self.plane(fact.when.expression)

    def rules(self) -> list[Plane]:
        for name in self.planes.rule_order:
            self.named[f"rule.{name}"] = self.plane(self.protocol.rules[name].fires_when.expression)
        return [self.named[f"rule.{name}"] for name in self.planes.rule_ids]

    # ------------------------------------------------------------------ expressions

    def plane(self, node: Expression) -> Plane:  # noqa: C901
        match node:
            case Includes() | Compare():
                found = self.leaves.get(node)
                if found is None:
                    found = self.leaves[node] = self.leaf(node)
                return found
            case Fact(name):
                return self.named[name]
            case Fires(rule):
                return self.named[f"rule.{rule}"]
            case Not(part):
                return ~self.plane(part)
            case And(parts):
                result = self.plane(parts[0])
                for part in parts[1:]:
                    result = result & self.plane(part)
                return result
            case Or(parts):
                result = self.plane(parts[0])
                for part in parts[1:]:
                    result = result | self.plane(part)
                return result
            case AtLeast(number, parts):
                return self.at_least(number, [self.plane(part) for part in parts])
        raise TypeError(f"no plane for {node!r}")

    def holds(self, condition: Condition | None) -> Plane:
        return self.everything if condition is None else self.plane(condition.expression)

    def at_least(self, number: int, planes: list[Plane]) -> Plane:
        """`reached[k]` holds where at least k of the planes seen so far hold."""
        reached = [self.everything] + [self.nothing] * number
        for plane in planes:
            for k in range(number, 0, -1):
                reached[k] = reached[k] | (reached[k - 1] & plane)
        return reached[number]

    def leaf(self, node: Includes | Compare) -> Plane:
        field = self.fields.get(node.question)
        if field is None:
            return self.nothing
        if isinstance(node, Includes):
            truth = self.any_of(field, node.options)
        elif node.counted:
            truth = self.compare(self.chosen(field), node, lowest=1)
        else:
            number = self.columns[field.offset]
            truth = self.compare(number, Compare(node.question, node.op, node.number + 1), lowest=1)
        plane = np.packbits(truth, bitorder="little")
        asked = self.asked.get(node.question)
        return plane if asked is None else plane & asked

    def any_of(self, field: Field, options: tuple[str, ...]) -> NDArray[np.bool_]:
        bits = sum(1 << field.options.index(option) for option in options if option in field.options)
        found: Any = None
        for place, mask in enumerate(bits.to_bytes(field.width, "little")):
            if mask:
                here = self.columns[field.offset + place] & np.uint8(mask)
                found = here if found is None else found | here
        return np.zeros(self.size, dtype=np.bool_) if found is None else found != 0

    def chosen(self, field: Field) -> NDArray[np.uint8]:
        """Return how many options are chosen; no question has more than 255."""
        counts: NDArray[np.uint8] = np.bitwise_count(self.columns[field.offset : field.offset + field.width])
        total: NDArray[np.uint8] = counts.sum(axis=0, dtype=np.uint8)
        return total

    @staticmethod
    def compare(values: NDArray[np.uint8], node: Compare, *, lowest: int) -> NDArray[np.bool_]:
        """Compare where answered: a value below `lowest` means "not answered" and compares as false."""
        if node.op == ">=":
            return values >= max(node.number, lowest)
        return (values <= node.number) & (values >= lowest)

    # ------------------------------------------------------------------ points and the first specialist

    def points(self, weights: tuple[Weight, ...]) -> NDArray[np.int16]:
        """Return the sum of the weights that count. Bytes are enough for it: no origin can reach 127 points."""
        total = np.zeros(self.size, dtype=np.int8)
        for weight in weights:
            counts = opened(self.plane(weight.when.expression), self.size).view(np.int8)
            total += counts if weight.points == 1 else counts * np.int8(weight.points)
        return total.astype(np.int16)

    def first_origin(self, fires: list[Plane]) -> list[Plane]:
        """One plane for each origin: where it ranks first with enough to say. At most one holds for an intake."""
        sides, origins = self.protocol.discriminator, self.protocol.origins
        scores = {name: self.points(origin.evidence) for name, origin in origins.items()}
        nerve, msk = self.points(sides.nerve), self.points(sides.musculoskeletal)
        total = nerve + msk
        mixed = (total >= sides.compare_from) & (np.minimum(nerve, msk) >= sides.mixed_from)
        mixed &= (nerve * 100 <= sides.mainly_from * total) & (msk * 100 <= sides.mainly_from * total)
        scores[sides.mixed_origin] = scores[sides.mixed_origin] + mixed.astype(np.int16) * sides.mixed_points
        fires_by_id = dict(zip(self.planes.rule_ids, fires, strict=True))
        best = np.full(self.size, -1, dtype=np.int16)
        winner = np.full(self.size, NOBODY, dtype=np.uint8)
        for place, (name, origin) in enumerate(origins.items()):
            score = scores[name]
            tier = np.zeros(self.size, dtype=np.int16)
            for rule in origin.set_by_rules:
                if rule in fires_by_id:
                    reached = opened(fires_by_id[rule], self.size).astype(np.int16)
                    np.maximum(tier, reached * int(self.protocol.rules[rule].tier), out=tier)
            rank = np.where((tier > 0) | (score >= POSSIBLE_FROM), tier * 1024 + np.maximum(score + 256, 0), -1)
            ahead = rank > best
            best[ahead], winner[ahead] = rank[ahead], place
        return [np.packbits(winner == place, bitorder="little") for place in range(len(origins))]

    def first_specialist(self, fires: list[Plane]) -> NDArray[np.uint8]:
        """The first choice, as the routing tables order it: rules worst first, then the origin, then the rest."""
        result = np.full(self.size, NOBODY, dtype=np.uint8)
        undecided = self.everything
        places = {name: place for place, name in enumerate(self.planes.specialists)}

        def take(where: Plane, to: str) -> None:
            nonlocal undecided
            taken = undecided & where
            if taken.any():
                result[opened(taken, self.size) != 0] = places[to]
                undecided = undecided & ~taken

        for rule, plane in sorted(
            zip(self.protocol.rules.values(), fires, strict=True), key=lambda pair: -pair[0].tier
        ):
            for way in rule.refer_first:
                take(plane & self.holds(way.when), way.to)
            if rule.refer_to:
                take(plane, rule.refer_to[0])
        routing = self.protocol.routing
        first = self.first_origin(fires)
        take(~np.bitwise_or.reduce(first), routing.otherwise.to)
        for (name, _origin), plane in zip(self.protocol.origins.items(), first, strict=True):
            for way in routing.rows[name].first:
                take(plane & self.holds(way.when), way.to)
            # A row may say "with the nerve row's first choice"; that comes second, so it never decides the first.
            for way in routing.rows[name].also:
                take(plane & self.holds(way.when), way.to)
        for way in routing.additions:
            take(self.holds(way.when), way.to)
        return result


def opened(plane: Plane, size: int) -> NDArray[np.uint8]:
    """Return a plane as one 0 or 1 for each intake."""
    return np.unpackbits(plane, count=size, bitorder="little")


def trimmed(plane: Plane, size: int) -> Plane:
    """Return a plane whose unused last bits are zero, as counting needs."""
    if size % 8 == 0:
        return plane
    plane = plane.copy()
    plane[-1] &= (1 << size % 8) - 1
    return plane
