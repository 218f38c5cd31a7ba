"""The four tiers, as the engine compares them."""

from enum import IntEnum


class Urgency(IntEnum):
    """How soon somebody must act; the worst is the largest, so the tier of a case is a max()."""

    ROUTINE = 0
    SOON = 1
    URGENT = 2
    EMERGENCY = 3

    @property
    def word(self) -> str:
        return self.name.lower()
