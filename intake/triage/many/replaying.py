"""What a changed protocol would have said about intakes that were already judged.

Works on blocks of stored rows: the code of the answers (see coding.py) beside the decision of the time. Needs NumPy,
so nothing a web process imports may import it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..deciding.compiling import program_of
from ..deciding.outcome import Answer
from ..reading.protocol import Protocol, Urgency
from .coding import CodeBook
from .planes import NOBODY, Decided, Planes, opened


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows of intakes judged by one protocol: `codes` (n, book.width), `flags` (n, bytes) with one bit for each rule
    in that protocol's order, `urgency` and `specialist` (place in its list of specialists)."""

    ids: NDArray[np.int64]
    codes: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    urgency: NDArray[np.uint8]
    specialist: NDArray[np.uint8]


class Explained(NamedTuple):
    """Why a protocol judges as it does: each fired rule with a smallest set of answers that makes it fire."""

    flags: tuple[tuple[str, tuple[Answer, ...]], ...]


class Change(NamedTuple):
    """One intake the changed protocol judges otherwise. Explanations are there when they were asked for."""

    id: int
    newly_flagged: tuple[str, ...]
    no_longer_flagged: tuple[str, ...]
    tier_before: Urgency
    tier_after: Urgency
    specialist_before: str
    specialist_after: str
    before: Explained | None = None
    after: Explained | None = None


@dataclass(slots=True)
class Replay:
    """The difference: `total` intakes read, `changes` one for each intake judged otherwise, fires before and after."""

    total: int = 0
    changes: list[Change] = field(default_factory=list)
    fires_before: Counter[str] = field(default_factory=Counter)
    fires_after: Counter[str] = field(default_factory=Counter)

    def add(self, other: Replay) -> None:
        self.total += other.total
        self.changes += other.changes
        self.fires_before.update(other.fires_before)
        self.fires_after.update(other.fires_after)


class Replayer:
    """Replays rows judged by `before` under `after`. Make it once and feed it blocks."""

    def __init__(self, before: Protocol, after: Protocol, *, explain: bool = False) -> None:
        self.before, self.after, self.explain = before, after, explain
        self.book = CodeBook(before)
        self.planes = Planes(after, self.book)
        self.rules = tuple(dict.fromkeys([*before.rules, *after.rules]))  # the old order first, as rows are stored
        self.places = {rule: place for place, rule in enumerate(self.rules)}
        self.names_before, self.names_after = tuple(before.specialists), tuple(after.specialists)
        self.reads_the_same = self.book.fields == CodeBook(after).fields

    def block(self, stored: Stored) -> Replay:
        """Return the difference for one block."""
        size = len(stored.ids)
        decided = self.planes.decide(stored.codes)
        was = np.zeros((self.bytes, size), dtype=np.uint8)
        was[: stored.flags.shape[1]] = stored.flags.T
        now = self.flags_by_row(decided)
        translate = np.full(NOBODY + 1, NOBODY, dtype=np.uint8)
        for place, name in enumerate(self.names_after):
            if name in self.names_before:
                translate[place] = self.names_before.index(name)
        moved = (was ^ now).any(axis=0)
        moved |= stored.urgency != decided.urgency
        moved |= stored.specialist != translate[decided.specialist]
        found = Replay(total=size)
        found.fires_before.update({rule: n for rule, n in zip(self.rules, set_bits(was), strict=False) if n})
        found.fires_after.update({rule: n for rule, n in zip(self.planes.rule_ids, decided.counts(), strict=True) if n})
        for row in np.flatnonzero(moved):
            found.changes.append(self.change(stored, decided, int(row), was[:, row], now[:, row]))
        return found

    @property
    def bytes(self) -> int:
        return (len(self.rules) + 7) // 8

    def flags_by_row(self, decided: Decided) -> NDArray[np.uint8]:
        """Return the flags as rows are stored, transposed: (bytes, intakes)."""
        result = np.zeros((self.bytes, decided.size), dtype=np.uint8)
        for rule, plane in zip(self.planes.rule_ids, decided.fires, strict=True):
            place = self.places[rule]
            result[place // 8] |= opened(plane, decided.size) << np.uint8(place % 8)
        return result

    def change(
        self, stored: Stored, decided: Decided, row: int, was: NDArray[np.uint8], now: NDArray[np.uint8]
    ) -> Change:
        both = int.from_bytes(was.tobytes(), "little"), int.from_bytes(now.tobytes(), "little")
        before = after = None
        if self.explain:
            answers = self.book.decode(stored.codes[row].tobytes())
            before = explained(self.before, answers)
            after = explained(self.after, answers if self.reads_the_same else self.known_to(self.after, answers))
        return Change(
            id=int(stored.ids[row]),
            newly_flagged=self.named(both[1] & ~both[0]),
            no_longer_flagged=self.named(both[0] & ~both[1]),
            tier_before=TIERS[stored.urgency[row]],
            tier_after=TIERS[decided.urgency[row]],
            specialist_before=self.names_before[stored.specialist[row]],
            specialist_after=self.names_after[decided.specialist[row]],
            before=before,
            after=after,
        )

    def named(self, bits: int) -> tuple[str, ...]:
        return tuple(rule for place, rule in enumerate(self.rules) if bits >> place & 1) if bits else ()

    @staticmethod
    def known_to(protocol: Protocol, answers: dict[str, Any]) -> dict[str, Any]:
        """The answers a protocol can read: what it no longer asks counts as not answered."""
        kept = {}
        for name, value in answers.items():
            question = protocol.questions.get(name)
            if question is None:
                continue
            if isinstance(value, list):
                value = [option for option in value if option in question.option_ids]
            elif isinstance(value, str) and value not in question.option_ids:
                continue
            if value != []:
                kept[name] = value
        return kept


def explained(protocol: Protocol, answers: dict[str, Any]) -> Explained:
    """Return the explanation of one intake, without the rest of an outcome."""
    program = program_of(protocol)
    fired, _, _, _, _, values, reasons = program.why(answers)
    answers_of = program.reasons.answers_of
    return Explained(tuple((program.rule_ids[rule], answers_of(reasons[rule], values)) for rule in fired))


TIERS = tuple(Urgency)
BITS_OF_BYTES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(np.int64)


def set_bits(rows: NDArray[np.uint8]) -> list[int]:
    """Return how often each bit is set over all columns of (bytes, intakes), least significant bit first."""
    return [int(count) for row in rows for count in np.bincount(row, minlength=256) @ BITS_OF_BYTES]


def replay(before: Protocol, after: Protocol, blocks: Iterable[Stored], *, explain: bool = False) -> Replay:
    """Replay blocks of rows that `before` judged under `after`; the sum of all differences."""
    replayer, total = Replayer(before, after, explain=explain), Replay()
    for block in blocks:
        total.add(replayer.block(block))
    return total
