"""Words put to a case after its decision was signed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.audit.growing import only_grows


class Addendum(models.Model):
    """What a therapist adds to a decision in effect.

    It changes nothing that was signed, letters least of all.
    """

    decision = models.ForeignKey("intake.Decision", on_delete=models.PROTECT, related_name="addenda")
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "addenda"
        triggers = only_grows("addendum_only_grows")
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="addendum_has_words")]

    def __str__(self) -> str:
        return f"addendum by {self.by} at {self.at:%Y-%m-%d %H:%M}"
