"""Several papers as one PDF. What a stranger sent is opened by a process of its own (`pages`), as when it came."""

import json
import logging
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files import File

from clinic.files.checks import CALM, WALL_SECONDS

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("pages.py")))
# A server makes pages of two files at a time in each process; the others wait their turn.
_turns = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Pages:
    """A PDF and how many pages it has."""

    pdf: bytes
    count: int


def as_pages(file: File) -> Pages | None:
    """Return an open file as pages.

    None for one that is not made of any, or that cannot be read.
    """
    with tempfile.TemporaryFile() as sent:
        for chunk in file.chunks():
            sent.write(chunk)
        sent.seek(0)
        return _made({"do": "pages"}, stdin=sent)


def joined(parts: list[bytes]) -> Pages | None:
    """Return one PDF of several; None where that is too much."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.pdf") for number in range(len(parts))]
        for path, pdf in zip(files, parts, strict=True):
            path.write_bytes(pdf)
        return _made({"do": "join", "files": [str(path) for path in files]}, stdin=subprocess.DEVNULL)


def _made(options: dict[str, Any], stdin: Any) -> Pages | None:
    try:
        with _turns:  # each of them ends within its own seconds, so whoever waits comes to their turn
            done = subprocess.run(
                [*COMMAND, json.dumps(options)],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=WALL_SECONDS,
                env=CALM,
                check=False,
            )
        answer, _line, pdf = done.stdout.partition(b"\n")
        if done.returncode == 0 and answer:
            return Pages(pdf, json.loads(answer)["pages"])
        log.info("no pages could be made: ended with %s", done.returncode)
    except (subprocess.TimeoutExpired, ValueError) as why:
        log.info("no pages could be made: %s", type(why).__name__)
    return None
