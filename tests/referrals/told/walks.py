"""The walks by the words of their row. Each makes the change in a house and says what it was about."""

from collections.abc import Callable

WALKS: dict[str, Callable] = {}


def walks(words: str) -> Callable:
    """Say which row a function walks."""

    def keep(walk: Callable) -> Callable:
        if words in WALKS:
            raise ValueError(f"{words!r} is walked twice.")
        WALKS[words] = walk
        return walk

    return keep
