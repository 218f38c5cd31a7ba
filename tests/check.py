"""Every check that needs no test: format, lint, types, migrations, protocol, generated pages.

    python3 run.py check

Each prints its name and its seconds; what it has to say is shown when it fails. All of them run, also after a failure.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASE = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
CHECKS = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "format of templates": [str(Path(PYTHON).with_name("djangofmt")), "--check", "templates"],
    "types": [PYTHON, "-m", "mypy"],
    "rooms and reading": [
        PYTHON,
        "-m",
        "pytest",
        "-q",
        "tests/test_floors.py",
        "tests/test_reads_well.py",
        "-k",
        "not linter",
    ],
    "settings and templates": [PYTHON, "manage.py", "check"],
    "migrations": [PYTHON, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
    "protocol": [PYTHON, "manage.py", "protocol", "check"],
    "generated pages": [PYTHON, "manage.py", "protocol", "docs", "--check"],
    "who is told": [PYTHON, "manage.py", "told", "--check"],
    "how a referral moves": [PYTHON, "manage.py", "flow", "--check"],
    "who may do what": [PYTHON, "manage.py", "permissions", "--check"],
}


def main() -> int:
    """Run every check; returns how many failed."""
    failed = 0
    environment = os.environ | {"PLUMBLINE_ENV": "development"}
    for name, command in CHECKS.items():
        began = time.monotonic()
        with tempfile.TemporaryFile("w+") as said:
            wrong = subprocess.call(command, cwd=BASE, env=environment, stdout=said, stderr=subprocess.STDOUT)
            print(f"{'no' if wrong else 'ok'}  {time.monotonic() - began:5.1f} s  {name}", flush=True)
            if wrong:
                failed += 1
                said.seek(0)
                print(said.read())
    return failed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
