"""Runs a changed protocol over every intake, sent, unfinished or abandoned, without writing anything.

What was sent is read from `AnswerCode` with binary COPY in slices of the id, one slice at a time per process. An
unfinished form has no such row, because its answers still change: it is judged as it stands when it is read, and
the row it would have is replayed with the others. NumPy is imported only when a replay runs.
"""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db import connection, connections
from django.db.models import Count, Max, Min
from django.utils import timezone
from psycopg import sql

from intake.models import LEFT_AFTER, AnswerCode, Intake, ProtocolVersion
from intake.triage import Protocol
from intake.triage.deciding.compiling import program_of
from intake.versions.codes import row_now
from intake.versions.protocols import readable

if TYPE_CHECKING:
    from intake.triage.many.replaying import Change, Replay, Replayer

COPY_HEADER, COPY_TRAILER = 19, 2  # bytes before the first row and after the last, in PostgreSQL's binary format
SLICES_PER_PROCESS = 8  # enough to show progress and to let a fast process take over from a slow one
SLICE_FROM = 25_000  # rows below which a slice costs more to begin than to decide
UNFINISHED_FROM = 1_000  # likewise; of these each is read as JSON and judged by itself
AT_ONCE = 2_000  # unfinished forms whose rows are held before they are replayed


class FormStanding(StrEnum):
    """How far a form has come when the replay reads it."""

    SENT = "sent"
    OPEN = "unfinished"
    LEFT = "abandoned"


@dataclass(frozen=True)
class Slice:
    """Intakes with ids from `first` to `last`: sent ones of one protocol version, or unfinished ones of any (None)."""

    version: int | None
    first: int
    last: int


def nothing_yet() -> "dict[FormStanding, Replay]":
    from intake.triage.many.replaying import Replay

    return {standing: Replay() for standing in FormStanding}


@dataclass
class Found:
    """The differences by the standing of the form. `not_read`: how many sent forms could not be judged, by the version
    that this release can no longer read."""

    parts: "dict[FormStanding, Replay]" = field(default_factory=nothing_yet)
    not_read: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Found") -> None:
        for standing, part in other.parts.items():
            self.parts[standing].add(part)
        self.not_read.update(other.not_read)

    def settle(self) -> None:
        """Name each form once, in the order of the ids: one that was sent while the replay ran counts as sent."""
        sent = {change.id for change in self.parts[FormStanding.SENT].changes}
        for standing, part in self.parts.items():
            if standing != FormStanding.SENT:
                part.changes = [change for change in part.changes if change.id not in sent]
            part.changes.sort(key=lambda change: change.id)

    def standing_of(self) -> dict[int, FormStanding]:
        """Return the standing of every form that is judged otherwise, by its id."""
        return {change.id: standing for standing, part in self.parts.items() for change in part.changes}

    @property
    def total(self) -> int:
        return sum(part.total for part in self.parts.values())

    @property
    def changes(self) -> "list[Change]":
        return sorted((change for part in self.parts.values() for change in part.changes), key=lambda one: one.id)

    @property
    def fires_before(self) -> Counter[str]:
        return sum((part.fires_before for part in self.parts.values()), Counter())

    @property
    def fires_after(self) -> Counter[str]:
        return sum((part.fires_after for part in self.parts.values()), Counter())


def slices(processes: int) -> list[Slice]:
    """Every form, cut so that each process has several slices of about the same size.

    Unfinished ones come first, so that one which is sent meanwhile is rather read twice than not at all.
    """
    return [*_unfinished_slices(processes), *_sent_slices(processes)]


def _unfinished_slices(processes: int) -> list[Slice]:
    there = Intake.objects.unfinished().aggregate(low=Min("pk"), high=Max("pk"), forms=Count("pk"))
    if not there["forms"]:
        return []
    pieces = max(1, min(processes * SLICES_PER_PROCESS, there["forms"] // UNFINISHED_FROM))
    return [Slice(None, first, last) for first, last in _cut(there["low"], there["high"], pieces)]


def _cut(low: int, high: int, pieces: int) -> list[tuple[int, int]]:
    """Cut the ids from `low` to `high` into `pieces` ranges; both ends of each belong to it."""
    edges = [low + (high + 1 - low) * number // pieces for number in range(pieces + 1)]
    return [(first, after - 1) for first, after in pairwise(edges)]


def _sent_slices(processes: int) -> list[Slice]:
    found = []
    versions = AnswerCode.objects.values("protocol").annotate(
        low=Min("intake_id"), high=Max("intake_id"), rows=Count("intake_id")
    )
    for version in versions.order_by("protocol"):
        pieces = max(1, min(processes * SLICES_PER_PROCESS, version["rows"] // SLICE_FROM))
        ranges = _cut(version["low"], version["high"], pieces)
        found += [Slice(version["protocol"], first, last) for first, last in ranges]
    return found


def blocks(piece: Slice, code_bytes: int, flag_bytes: int) -> Iterator:
    """Return the rows of a slice as `Stored` blocks of up to 65,536 intakes; memory does not grow with the slice."""
    import numpy as np

    from intake.triage.many.planes import BLOCK
    from intake.triage.many.replaying import Stored

    widths = (8, code_bytes, flag_bytes, 2, 2)
    stride = 2 + sum(4 + width for width in widths)  # the number of fields, then length and value of each
    starts, at = [], 2
    for width in widths:
        starts.append(at + 4)
        at += 4 + width

    def stored(raw: bytes) -> Any:
        rows = np.frombuffer(raw, dtype=np.uint8).reshape(-1, stride)
        fields = [rows[:, s : s + w] for s, w in zip(starts, widths, strict=True)]
        ids = np.ascontiguousarray(fields[0]).view(">i8").ravel().astype(np.int64)
        return Stored(ids, fields[1], fields[2], fields[3][:, 1], fields[4][:, 1])

    query = sql.SQL(
        "COPY (SELECT intake_id, code, flags, urgency, specialist FROM {table}"
        " WHERE protocol_id = {version} AND intake_id BETWEEN {first} AND {last}) TO STDOUT (FORMAT BINARY)"
    ).format(
        table=sql.Identifier(AnswerCode._meta.db_table),
        version=sql.Literal(piece.version),
        first=sql.Literal(piece.first),
        last=sql.Literal(piece.last),
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        chunks, size, skip = [], 0, COPY_HEADER
        for chunk in copy:
            chunks.append(chunk)
            size += len(chunk)
            if size >= skip + (BLOCK + 1) * stride:  # one row more than a block, so the trailer is never inside it
                raw = b"".join(chunks)
                end = skip + BLOCK * stride
                yield stored(raw[skip:end])
                chunks, skip = [raw[end:]], 0
                size = len(chunks[0])
        raw = b"".join(chunks)[skip:-COPY_TRAILER]
        if raw:
            yield stored(raw)


class Workshop:
    """What one process needs for all its slices: a replayer for each protocol that judged what it meets."""

    def __init__(self, after: Protocol, *, explain: bool) -> None:
        self.after, self.explain, self.now = after, explain, timezone.now()
        self.versions: dict[int, Protocol | None] = {}
        self.replayers: dict[str, Replayer] = {}

    def prepare(self, pieces: list[Slice]) -> None:
        """Load and compile what the slices need, once for all processes."""
        for version in {piece.version for piece in pieces if piece.version is not None}:
            self.versions[version] = before = readable(ProtocolVersion.objects.get(pk=version))
            if before is not None:
                self.replayer(before)

    def replayer(self, before: Protocol) -> "Replayer":
        """Return the replayer of forms that `before` judged; made on first use."""
        from intake.triage.many.replaying import Replayer

        if before.digest not in self.replayers:
            self.replayers[before.digest] = Replayer(before, self.after, explain=self.explain)
            if self.explain:
                program_of(before).why, program_of(self.after).why  # compiled here
        return self.replayers[before.digest]

    def run(self, piece: Slice) -> Found:
        return self._unfinished(piece) if piece.version is None else self._sent(piece)

    def _sent(self, piece: Slice) -> Found:
        found, before = Found(), self.versions[piece.version]
        if before is None:
            version = ProtocolVersion.objects.defer("content").get(pk=piece.version)
            rows = AnswerCode.objects.filter(protocol=version, intake_id__gte=piece.first, intake_id__lte=piece.last)
            found.not_read[f"{version.label} {version}".strip()] = rows.count()
            return found
        replayer = self.replayer(before)
        for block in blocks(piece, replayer.book.width, (len(before.rules) + 7) // 8):
            found.parts[FormStanding.SENT].add(replayer.block(block))
        return found

    def _unfinished(self, piece: Slice) -> Found:
        """Judge each unfinished form as it stands, and replay the rows they would have, a few at a time."""
        found = Found()
        forms = Intake.objects.unfinished().filter(pk__range=(piece.first, piece.last))
        left = set(forms.left_since(self.now - LEFT_AFTER).values_list("pk", flat=True))
        waiting: dict[tuple[str, FormStanding], list[AnswerCode]] = {}
        judged_by: dict[str, Protocol] = {}
        for intake in forms.select_related("protocol").defer("protocol__content").order_by("pk").iterator(500):
            before, row = row_now(intake)
            standing = FormStanding.LEFT if intake.pk in left else FormStanding.OPEN
            judged_by[before.digest] = before
            rows = waiting.setdefault((before.digest, standing), [])
            rows.append(row)
            if len(rows) == AT_ONCE:
                found.parts[standing].add(self.replayer(before).block(stored_rows(rows)))
                rows.clear()
        for (digest, standing), rows in waiting.items():
            if rows:
                found.parts[standing].add(self.replayer(judged_by[digest]).block(stored_rows(rows)))
        return found


def stored_rows(rows: list[AnswerCode]) -> Any:
    """Rows of one protocol as the block a replayer reads."""
    import numpy as np

    from intake.triage.many.replaying import Stored

    def bytes_of(name: str) -> Any:
        return np.frombuffer(b"".join(getattr(row, name) for row in rows), dtype=np.uint8).reshape(len(rows), -1)

    return Stored(
        ids=np.array([row.intake_id for row in rows], dtype=np.int64),
        codes=bytes_of("code"),
        flags=bytes_of("flags"),
        urgency=np.array([row.urgency for row in rows], dtype=np.uint8),
        specialist=np.array([row.specialist for row in rows], dtype=np.uint8),
    )


_workshop: Workshop | None = None  # set before the processes are forked, so that each has it without loading again


def _run(piece: Slice) -> Found:
    return _workshop.run(piece)


def replay_all(
    after: Protocol, *, processes: int = 1, explain: bool = False, progress: Callable = lambda *_: None
) -> Found:
    """Return the differences between what was decided, or would be decided now, and what `after` would decide.

    `progress(done, of, intakes)` is called after each slice. Reads only; changes come in the order of the ids.
    """
    global _workshop
    pieces, found = slices(processes), Found()
    _workshop = Workshop(after, explain=explain)
    _workshop.prepare(pieces)
    with _results(pieces, processes) as results:
        for done, part in enumerate(results, 1):
            found.add(part)
            progress(done, len(pieces), found.total)
    found.settle()
    return found


@contextmanager
def _results(pieces: list[Slice], processes: int) -> Iterator[Any]:
    if processes == 1 or len(pieces) <= 1:
        yield map(_run, pieces)
        return
    connections.close_all()  # a forked process must not share a connection
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield pool.imap_unordered(_run, pieces)


def weeks_of_intakes() -> float:
    """How many weeks the intakes span, at least one: what "a week" means in a report."""
    span = Intake.objects.aggregate(first=Min("started_at"), last=Max("started_at"))
    if not span["first"]:
        return 1.0
    return max(1.0, (span["last"] - span["first"]) / timedelta(weeks=1))
