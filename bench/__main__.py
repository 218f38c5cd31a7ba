"""Every figure of the README: `python -m bench [--rows 1000000]`.

One process after the other measures, so that none inherits another's servers, settings or timers.
"""

import json
import os
import platform
import subprocess
import sys
from datetime import date

from bench.replay import rows_wanted


def main() -> None:
    count = rows_wanted()
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    print(f"{date.today():%B %-d, %Y}; {machine}; other load on it: {os.getloadavg()[0]:.1f}\n")
    print("| Work | Baseline in the same run | Measured | Target |\n|---|---|---|---|")
    for part in ("triage.measure()", "saving.run()", f"replay.run({count})"):
        for row in rows_of(part):
            print(f"| {' | '.join(row)} |", flush=True)
    print(f"| importing the web process | | {heavy_modules() or 'none'} | no NumPy or other heavy module |")


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
