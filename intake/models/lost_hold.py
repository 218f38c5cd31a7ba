"""A case somebody had, and has no more by no doing of their own."""

from django.conf import settings
from django.db import models

from clinic.audit.growing import never_emptied


class LostHold(models.Model):
    """Tells whoever had it, until they have opened the case.

    `event` says what happened, by whom and why.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="lost_holds")
    event = models.OneToOneField("intake.CaseEvent", on_delete=models.PROTECT, related_name="lost_hold")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["person"], name="lost_hold_unseen", condition=models.Q(seen_at=None))]
        triggers = [never_emptied("lost_hold_never_emptied")]

    def __str__(self) -> str:
        return f"lost hold of {self.person}"
