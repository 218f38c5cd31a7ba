"""A web process starts without anything only the replay needs: each of them takes as long to load as Python itself."""

import os
import subprocess
import sys
from pathlib import Path

BASE = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "polars", "scipy", "duckdb", "zen", "hypothesis", "multiprocessing.pool")


def loaded_by(module: str) -> list[str]:
    """The heavy modules that are there after `module` was imported in a fresh process, and the protocol loaded."""
    program = (
        f"import sys; import {module}; from intake import triage; triage.shipped();"
        f"print(*[name for name in {HEAVY} if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BASE,
        env=os.environ | {"PLUMBLINE_ENV": "test", "DJANGO_SETTINGS_MODULE": "clinic.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return said.stdout.split()


def test_the_web_process_loads_no_numpy():
    assert loaded_by("clinic.wsgi") == []


def test_what_the_replay_needs_is_seen_when_it_is_loaded():
    assert "numpy" in loaded_by("intake.triage.many.replaying")
