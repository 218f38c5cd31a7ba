"""How fast a changed protocol is replayed over stored intakes, against reading the same bytes and doing nothing.

    python -m bench.replay [--rows 1000000]

Runs on a throwaway PostgreSQL on this machine; every figure is a ratio of medians of three runs in one go.
"""

import argparse
import json
import multiprocessing
import shutil
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.throwaway import throwaway_clinic

PROCESSES = 2
RUNS = 3
CHANGES = [
    ("facts.yaml", "progression:worse_slow/worse_fast", "progression:worse_fast"),
    ("facts.yaml", "night_pattern:no_position_helps\n", "night_pattern:no_position_helps/hang_leg_down\n"),
    ("facts.yaml", "heart_vessel/diabetes/kidney_disease/smoker_now/smoker_past/aneurysm", "heart_vessel/diabetes"),
    ("rules/urgent.yaml", "area_look:black_skin OR\n", ""),
]
SLOW_ROWS = 5_000  # the slow baseline is timed on so many rows and scaled


def main() -> None:
    found = run(rows_wanted())
    print(f"{found['rows']:,} intakes, {PROCESSES} processes, {found['changed']:.1f} % judged otherwise\n")
    print("| Work | Baseline | Measured | Target |\n|---|---|---|---|")
    for row in rows(found):
        print(f"| {' | '.join(row)} |")


def rows_wanted() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000, help="intakes to replay")
    return parser.parse_args().rows


def run(count: int) -> dict[str, float]:
    """`measure` over `count` generated intakes, on servers of its own."""
    with throwaway_clinic():
        from bench.million import fill

        fill(count, say=lambda text: print(f"  {text}", file=sys.stderr, flush=True))
        return measure(count)


def measure(count: int) -> dict[str, float]:
    from intake.versions import replaying

    after = changed_protocol()
    counts = partial(replaying.replay_all, after, processes=PROCESSES)
    explained = partial(counts, explain=True)
    changed = 100 * len(counts().changes) / count
    explained()  # compiles the protocols
    reading, replay, with_reasons = medians(read_bytes, counts, explained)
    slow = slow_replay(after) * count / SLOW_ROWS
    return {
        "rows": count,
        "changed": changed,
        "reading": reading,
        "replay": replay / reading,
        "explained": with_reasons / reading,
        "slow": slow / with_reasons,
        "memory": peak_memory(after),
    }


def rows(found) -> list[tuple[str, str, str, str]]:
    """Work, baseline, measured, target; for the table."""
    every = f"replay of {found['rows']:,} intakes"
    reading = "reading the bytes of the narrow table"
    return [
        (f"{every}: counts and list of changes", reading, f"{found['replay']:.1f} ×", "at most 2 ×"),
        (
            f"with old and new explanation of every change ({found['changed']:.1f} %)",
            reading,
            f"{found['explained']:.1f} ×",
            "at most 6 ×",
        ),
        ("the same", "JSON rows, plain tree walk, one process", f"{found['slow']:.0f} times faster", "at least 60"),
        (
            "peak memory of the replay",
            "the process before it reads a row",
            f"+{found['memory']:.0f} MB",
            "at most +100 MB",
        ),
    ]


def medians(*works) -> list[float]:
    """Seconds of each, the median of RUNS; taken in turns, so that a busy moment touches all of them."""
    times = [[seconds(work) for work in works] for _ in range(RUNS)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def changed_protocol():
    """The shipped protocol with a few conditions changed, so that some intakes in a hundred are judged otherwise."""
    from intake import triage

    folder = Path(tempfile.mkdtemp()) / "protocol"
    shutil.copytree(triage.shipped().folder, folder)
    for name, old, new in CHANGES:
        file = folder / name
        if old not in file.read_text():
            raise SystemExit(f"the change this benchmark makes to {name} no longer fits the protocol")
        file.write_text(file.read_text().replace(old, new))
    return triage.load(folder)


def read_bytes() -> int:
    """The baseline: the same COPY in the same number of processes, every byte thrown away."""
    from django.db import connections

    from intake.versions import replaying

    pieces = replaying.slices(PROCESSES)
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        return sum(pool.imap_unordered(_read, pieces))


def _read(piece) -> int:
    from django.db import connection

    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY (SELECT intake_id, code, flags, urgency, specialist FROM intake_answercode WHERE intake_id"
            f" BETWEEN {piece.first} AND {piece.last}) TO STDOUT (FORMAT BINARY)"
        ) as copy,
    ):
        return sum(len(chunk) for chunk in copy)


def slow_replay(after) -> float:
    """Seconds for SLOW_ROWS rows of JSON: fetched, decoded, and judged by walking the notation's tree."""
    from django.db import connection

    from tests.protocol.naive import Case, Files

    files, changed = Files(after.folder), 0
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers, flags FROM bench_json WHERE intake_id <= %s", [SLOW_ROWS])
        for answers, flags in cursor.fetchall():
            answers = json.loads(answers) if isinstance(answers, str) else answers
            changed += Case(files, answers).flags() != flags
    return time.perf_counter() - began


def peak_memory(after) -> float:
    """Megabytes a fresh process needs beyond what it had before it read a row."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (str(after.folder),))


def _peak(folder: str) -> float:
    import django

    django.setup()
    from intake import triage
    from intake.versions import replaying

    workshop = replaying.Workshop(triage.load(folder), explain=False)
    pieces = replaying.slices(1)
    workshop.prepare(pieces)
    before = highest_memory()
    for piece in pieces:
        workshop.run(piece)
    return highest_memory() - before


def highest_memory() -> float:
    """The most memory this process has had, in megabytes. (getrusage would also count its parent's.)"""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
