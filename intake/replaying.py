"""Runs a changed protocol over every submitted intake, by the narrow rows, without writing anything.

Reads `AnswerCode` with binary COPY in slices of the id, one slice at a time per process. NumPy is imported only when
a replay runs.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from django.db import connection, connections
from django.db.models import Count, Max, Min
from psycopg import sql

from intake.actions.protocols import protocol_of
from intake.models import AnswerCode, Intake, ProtocolVersion
from intake.triage import Protocol

COPY_HEADER, COPY_TRAILER = 19, 2  # bytes before the first row and after the last, in PostgreSQL's binary format
SLICES_PER_PROCESS = 8  # enough to show progress and to let a fast process take over from a slow one
SLICE_FROM = 25_000  # rows below which a slice costs more to begin than to decide


@dataclass(frozen=True)
class Slice:
    """The rows of one protocol version with ids from `first` to `last`."""

    version: int
    first: int
    last: int


def slices(processes: int) -> list[Slice]:
    """All stored rows, cut so that every process has several slices of about the same size."""
    found = []
    versions = AnswerCode.objects.values("protocol").annotate(
        low=Min("intake_id"), high=Max("intake_id"), rows=Count("intake_id")
    )
    for version in versions.order_by("protocol"):
        pieces = max(1, min(processes * SLICES_PER_PROCESS, version["rows"] // SLICE_FROM))
        edges = [version["low"] + (version["high"] + 1 - version["low"]) * n // pieces for n in range(pieces + 1)]
        found += [Slice(version["protocol"], a, b - 1) for a, b in pairwise(edges)]
    return found


def blocks(piece: Slice, code_bytes: int, flag_bytes: int) -> Iterator:
    """The rows of a slice as `Stored` blocks of up to 65,536 intakes; memory does not grow with the slice."""
    import numpy as np

    from intake.triage.planes import BLOCK
    from intake.triage.replaying import Stored

    widths = (8, code_bytes, flag_bytes, 2, 2)
    stride = 2 + sum(4 + width for width in widths)  # the number of fields, then length and value of each
    starts, at = [], 2
    for width in widths:
        starts.append(at + 4)
        at += 4 + width

    def stored(raw: bytes) -> Stored:
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
    """What one process needs for all its slices: a replayer for each protocol version found in the rows."""

    def __init__(self, after: Protocol, *, explain: bool) -> None:
        self.after, self.explain, self.replayers = after, explain, {}

    def prepare(self, pieces: list[Slice]) -> None:
        from intake.triage.replaying import Replayer

        for version in {piece.version for piece in pieces}:
            before = protocol_of(ProtocolVersion.objects.get(pk=version))
            self.replayers[version] = Replayer(before, self.after, explain=self.explain)
            if self.explain:
                before.program.why, self.after.program.why  # noqa: B018  compiled here, once for all processes

    def run(self, piece: Slice):
        from intake.triage.replaying import Replay

        replayer, total = self.replayers[piece.version], Replay()
        for block in blocks(piece, replayer.book.width, (len(replayer.before.rules) + 7) // 8):
            total.add(replayer.block(block))
        return total


_workshop: Workshop | None = None  # set before the processes are forked, so that each has it without loading again


def _run(piece: Slice):
    return _workshop.run(piece)


def replay_all(after: Protocol, *, processes: int = 1, explain: bool = False, progress: Callable = lambda *_: None):
    """The difference (`intake.triage.replaying.Replay`) between what was decided and what `after` would decide.

    `progress(done, of, intakes)` is called after each slice. Reads only; changes come in the order of the ids.
    """
    from intake.triage.replaying import Replay

    global _workshop
    pieces, total = slices(processes), Replay()
    _workshop = Workshop(after, explain=explain)
    _workshop.prepare(pieces)
    with _results(pieces, processes) as results:
        for done, part in enumerate(results, 1):
            total.add(part)
            progress(done, len(pieces), total.total)
    total.changes.sort(key=lambda change: change.id)
    return total


@contextmanager
def _results(pieces: list[Slice], processes: int):
    if processes == 1 or len(pieces) <= 1:
        yield map(_run, pieces)
        return
    connections.close_all()  # a forked process must not share a connection
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield pool.imap_unordered(_run, pieces)


def weeks_of_intakes() -> float:
    """How many weeks the submitted intakes span, at least one: what "a week" means in a report."""
    span = Intake.objects.exclude(submitted_at=None).aggregate(first=Min("submitted_at"), last=Max("submitted_at"))
    if not span["first"]:
        return 1.0
    return max(1.0, (span["last"] - span["first"]) / timedelta(weeks=1))
