"""Times an office proposes to see the patient at: up to three at once, of which the desk takes one."""

import uuid

from django.db import models

from clinic.audit.growing import only_grows

MOST_TIMES = 3


class ProposedTime(models.Model):
    """One of them; a row never changes.

    Those that stand were proposed at the moment the referral says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="proposed_times")
    starts_at = models.DateTimeField()
    time_zone = models.CharField(max_length=40)
    instructions = models.TextField(blank=True)
    given_by = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        triggers = only_grows("proposed_time_only_grows")
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "proposed_at", "starts_at"], name="a_time_is_proposed_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"proposed time {self.starts_at:%Y-%m-%d %H:%M}"
