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
        """Return it as protocol files write it, such as "emergency"."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """Return it as staff pages name it."""
        return self.name.capitalize()
