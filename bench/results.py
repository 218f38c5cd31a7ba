"""The page of measurements, `docs/performance.md`: each command writes its own section and leaves the others alone."""

import os
import platform
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- {} writes from here -->", "<!-- {} writes to here -->"


def write(command: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, page: Path = PAGE) -> None:
    """Replace what `python -m COMMAND` has measured before, with the day and the machine of this run."""
    section = "\n".join(["", circumstances(command), "", *table(header, rows), ""])
    begin, end = BEGIN.format(command), END.format(command)
    words = page.read_text()
    if words.count(begin) != 1 or words.count(end) != 1:
        raise SystemExit(f"{page.name} has no place for {command}: {begin} and {end}, each in a line of its own.")
    place = re.compile(f"(?<={re.escape(begin)}\n).*(?=\n{re.escape(end)})", re.S)
    page.write_text(place.sub(lambda _old: section.rstrip("\n") + "\n", words))
    print(f"\nWritten to {page.name}.")


def circumstances(command: str) -> str:
    """Return when and where it was measured, and by which command."""
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    asked = " ".join([command, *sys.argv[1:]])
    return f"{date.today():%B %-d, %Y}; {machine}; other load {os.getloadavg()[0]:.1f}; `python -m {asked}`"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in (header, ["---"] * len(header), *rows)]
