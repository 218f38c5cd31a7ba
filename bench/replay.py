"""How fast a changed protocol is replayed over stored intakes, against reading the same bytes and doing nothing.

    python -m bench.replay [--rows 1000000]

Runs on a throwaway PostgreSQL on this machine; every figure is a ratio of medians of three runs in one go.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

PROCESSES = 2
RUNS = 3
CHANGES = [
    ("facts.yaml", "progression:worse_slow/worse_fast", "progression:worse_fast"),
    ("facts.yaml", "night_pattern:no_position_helps\n", "night_pattern:no_position_helps/hang_leg_down\n"),
    ("facts.yaml", "heart_vessel/diabetes/kidney_disease/smoker_now/smoker_past/aneurysm", "heart_vessel/diabetes"),
    ("rules/urgent.yaml", "area_look:black_skin OR\n", ""),
]
SLOW_ROWS = 20_000  # the slow baseline is timed on so many rows and scaled


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    from clinic.embedded import servers

    with servers(Path(tempfile.mkdtemp(prefix="plumbline-bench-")), throwaway=True) as running:
        os.environ.update(running.urls, PLUMBLINE_ENV="test", DJANGO_SETTINGS_MODULE="clinic.settings")
        import django

        django.setup()
        from django.core.management import call_command

        from bench.million import fill

        call_command("migrate", verbosity=0)
        fill(rows, say=lambda text: print(f"  {text}", file=sys.stderr, flush=True))
        report(rows)


def report(rows: int) -> None:
    from intake import replaying

    after = changed_protocol()
    counts = lambda: replaying.replay_all(after, processes=PROCESSES)  # noqa: E731
    explained = lambda: replaying.replay_all(after, processes=PROCESSES, explain=True)  # noqa: E731
    changes = len(counts().changes)
    reading = median(read_bytes)
    replay, replay_explained, slow = median(counts), median(explained), slow_replay(after) * rows / SLOW_ROWS
    print(f"{rows:,} intakes, {PROCESSES} processes, {changes:,} judged otherwise ({100 * changes / rows:.1f} %)")
    row("reading the bytes of the narrow table", reading, "1.00 x")
    row("replay: counts and list of changes", replay, f"{replay / reading:.2f} x (at most 2)")
    row(
        "with old and new explanation of every change",
        replay_explained,
        f"{replay_explained / reading:.2f} x (at most 6)",
    )
    row("JSON rows, default decoding, tree walk", slow, f"{slow / replay:.0f} x slower (at least 60)")
    print(f"peak memory of a replay process over one that read nothing: +{peak_memory(after):.0f} MB (at most 100)")


def row(name: str, seconds: float, ratio: str) -> None:
    print(f"  {name:<48}{seconds:>9.2f} s   {ratio}")


def median(run) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


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

    from intake import replaying

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
    from intake import replaying, triage

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
