"""One patient's answers, saved page by page."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from intake.models.urgency import Urgency


class IntakeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Intakes of the locations this member of staff belongs to."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(patient__location__in=user.locations.all())

    def unfinished(self):
        return self.filter(submitted_at=None)


class Intake(models.Model):
    """Answers as given: `answers` maps question id to value, as the protocol defines it.

    `version` grows with every saved page; a page saved against an older version is shown what changed instead of
    overwriting it. Answers of questions that are no longer asked are kept and not used.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="intakes")
    protocol = models.ForeignKey("intake.ProtocolVersion", on_delete=models.PROTECT, related_name="intakes")
    language = models.CharField(max_length=5, default="en")
    answers = models.JSONField(default=dict)
    pages_done = models.JSONField(default=list, help_text="Ids of the pages saved at least once, in order")
    version = models.PositiveIntegerField(default=0)
    urgency = models.PositiveSmallIntegerField(choices=Urgency, default=Urgency.ROUTINE, help_text="By rules, so far")
    emergency_seen_at = models.DateTimeField(null=True, blank=True, help_text="When the emergency page was shown")
    emergency_read_at = models.DateTimeField(null=True, blank=True, help_text='When "I have read this" was pressed')
    started_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="intake_has_a_known_urgency"),
        ]

    def __str__(self):
        return f"intake {self.public_id}"


class AnswerChange(models.Model):
    """A saved answer was replaced: the earlier one stays beside the later one, for ever."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="changes")
    question = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    urgency_before = models.PositiveSmallIntegerField(choices=Urgency)
    urgency_after = models.PositiveSmallIntegerField(choices=Urgency)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="answer_change_only_grows", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.question} changed at {self.at:%Y-%m-%d %H:%M}"
