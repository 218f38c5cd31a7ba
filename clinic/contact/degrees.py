"""Where a place is, in degrees: both or neither, and on this earth."""

from collections.abc import Iterator
from typing import Any

FARTHEST = {"latitude": 90, "longitude": 180}


def wrong_degrees(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the field and what to do, for each that cannot be.

    None is a place nobody has stated.
    """
    known = {name: given[name] for name in FARTHEST if given.get(name) is not None}
    wrong = [name for name, degrees in known.items() if not abs(degrees) <= FARTHEST[name]]
    for name in wrong:
        yield name, f"Enter degrees from -{FARTHEST[name]} to {FARTHEST[name]}."
    if len(known) == 1 and not wrong:
        [missing] = FARTHEST.keys() - known
        yield missing, "Enter both latitude and longitude, or neither."
