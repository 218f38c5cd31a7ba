"""What the protocol said about a set of answers, and which protocol said it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.audit.growing import only_grows
from intake.models.stored import StoredAlarm
from intake.models.urgency import KNOWN_URGENCIES, URGENCIES, Urgency


class ProtocolVersion(models.Model):
    """A protocol as it ran: its digest is its name, its content is kept so that old decisions stay explainable."""

    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=40, blank=True)
    content = models.JSONField(help_text="File name to text, as loaded")
    first_used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-first_used_at"]
        triggers = only_grows("protocol_version_never_changes")

    def __str__(self) -> str:
        return self.digest[:12]


class Assessment(models.Model):
    """Protocol version, answers and result, stored together and never changed. The latest one counts."""

    class Occasion(models.TextChoices):
        PAGE = "page", "A rule fired while the patient answered"
        SUBMIT = "submit", "The intake was submitted"
        REVIEW = "review", "Staff asked again by phone"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    intake = models.ForeignKey("intake.Intake", on_delete=models.PROTECT, related_name="assessments")
    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="assessments")
    occasion = models.CharField(max_length=10, choices=Occasion)
    answers = models.JSONField()
    result = models.JSONField(help_text="Outcome.as_json() of the engine")
    urgency = models.PositiveSmallIntegerField(choices=URGENCIES)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(urgency__in=KNOWN_URGENCIES), name="assessment_has_a_known_urgency"),
        ]
        triggers = only_grows("assessment_never_changes")

    def __str__(self) -> str:
        return f"assessment of {self.intake_id} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def flags(self) -> list[str]:
        """Ids of the rules that fired."""
        return self.result["flags"]

    @property
    def tiers(self) -> dict[str, Urgency]:
        """The rules that fired, each with the tier it has in the protocol that judged."""
        return {flag["rule"]: Urgency[flag["tier"].upper()] for flag in self.result["explanation"]["flags"]}

    @property
    def unused_alarms(self) -> list[StoredAlarm]:
        """Alarming answers no fired rule used, worst first: {question, value, severity}. Older results name none."""
        return self.result.get("unused_alarms", [])
