"""Replays a changed rule over generated intakes and compares the list with a slow, independent reading of the files.

    python -m bench.agreement [--rows 100000]

The slow reading shares no code with the engine (`tests/protocol/naive.py`); it takes minutes, so this is no test.
"""

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    from clinic.embedded.both import servers

    with servers(Path(tempfile.mkdtemp(prefix="plumbline-bench-")), throwaway=True) as running:
        os.environ.update(running.urls, PLUMBLINE_ENV="test", DJANGO_SETTINGS_MODULE="clinic.settings")
        import django

        django.setup()
        from django.core.management import call_command

        from bench.million import fill

        call_command("migrate", verbosity=0)
        fill(rows, say=lambda text: print(f"  {text}", file=sys.stderr, flush=True))
        return compare(rows)


def compare(rows: int) -> int:
    """0 when both lists are the same."""
    from django.db import connection

    from intake import triage
    from intake.versions import replaying

    folder = Path(tempfile.mkdtemp()) / "protocol"
    shutil.copytree(triage.shipped().folder, folder)
    rules = folder / "rules" / "urgent.yaml"
    rules.write_text(rules.read_text().replace("pain_worst>=7", "pain_worst>=9"))
    found = replaying.replay_all(triage.load(folder), processes=2)
    fast = {
        change.id: (sorted(change.newly_flagged), sorted(change.no_longer_flagged), change.tier_after.word)
        for change in found.changes
        if change.newly_flagged or change.no_longer_flagged or change.tier_before != change.tier_after
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(intake_id), answers::text FROM bench_json GROUP BY answers::text")
        distinct = {text: number for number, text in cursor.fetchall()}
        cursor.execute("SELECT intake_id, answers::text FROM bench_json")
        texts = dict(cursor.fetchall())
    connection.close()
    print(f"  {len(distinct):,} different answer sets, read slowly twice each", file=sys.stderr, flush=True)
    global _folders
    _folders = (triage.shipped().folder, folder)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        verdicts = dict(pool.imap_unordered(_slowly, distinct, chunksize=200))
    slow = {number: verdicts[text] for number, text in texts.items() if verdicts[text]}
    same = slow == fast
    print(
        f"{rows:,} intakes, one changed rule: replay lists {len(fast):,}, the slow reading {len(slow):,}; equal: {same}"
    )
    return 0 if same else 1


_folders: tuple = ()
_files: tuple = ()


def _slowly(text: str):
    """(answers as text, what changes for them, or None)."""
    import json

    from tests.protocol.naive import Case, Files

    global _files
    if not _files:
        _files = tuple(Files(folder) for folder in _folders)
    answers = json.loads(text)
    old, new = (Case(files, answers) for files in _files)
    came, went = set(new.flags()) - set(old.flags()), set(old.flags()) - set(new.flags())
    if not came and not went and old.urgency() == new.urgency():
        return text, None
    return text, (sorted(came), sorted(went), new.urgency())


if __name__ == "__main__":
    raise SystemExit(main())
