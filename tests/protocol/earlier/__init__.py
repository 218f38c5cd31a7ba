"""Protocols as clinics have them stored: what `ProtocolVersion.content` held on the day a version was shipped.

Intakes were judged by them, so every later release must go on reading them. A version is added when the one that
follows it changes the questions or what their files must say; none is ever edited.
"""

import gzip
import json
from pathlib import Path

HERE = Path(__file__).parent


def texts_of_day(day: str) -> dict[str, str]:
    """Read the files of the version that was shipped on `day`, by name."""
    return json.loads(gzip.decompress((HERE / f"{day}.json.gz").read_bytes()))
