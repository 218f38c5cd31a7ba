"""The tiers of the protocol as the database keeps them: larger is worse."""

from django.db import models


class Urgency(models.IntegerChoices):
    ROUTINE = 0, "Routine"
    SOON = 1, "Soon"
    URGENT = 2, "Urgent"
    EMERGENCY = 3, "Emergency"

    @property
    def word(self) -> str:
        """The tier's id in the protocol: "emergency", "urgent", "soon" or "routine"."""
        return self.name.lower()
