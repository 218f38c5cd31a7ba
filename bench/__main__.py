"""Measure every ratio of `docs/performance.md`, and write them there: `python -m bench [--rows 1000000]`.

One process after the other measures, so that none inherits another's servers, settings or timers.
"""

import json
import subprocess
import sys

from bench import results
from bench.replay import rows_wanted

HEADER = ("Work", "Baseline in the same run", "Measured", "Target")


def main() -> None:
    count = rows_wanted()
    print(f"{results.circumstances('bench')}\n")
    found = []
    for part in ("triage.measure()", "saving.run()", f"replay.run({count})"):
        for row in rows_of(part):
            found.append(row)
            print(f"| {' | '.join(row)} |", flush=True)
    found.append(["importing the web process", "", heavy_modules() or "none", "no NumPy or other heavy module"])
    print(f"| {' | '.join(found[-1])} |")
    results.write("bench", HEADER, found)


def rows_of(part: str) -> list[list[str]]:
    module = part.split(".")[0]
    program = f"import json; from bench import {module}; print(json.dumps({module}.rows({part})))"
    said = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(said.stdout.splitlines()[-1])


def heavy_modules() -> str:
    from tests.protocol.test_light_imports import loaded_by

    return ", ".join(loaded_by("clinic.wsgi"))


if __name__ == "__main__":
    main()
