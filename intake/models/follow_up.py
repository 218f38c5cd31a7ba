"""How the patient is doing some weeks later, in their own measure."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.audit.growing import never_emptied

OPEN_FOR = timedelta(weeks=4)  # and not beyond the day the next one is due


class FollowUpQuerySet(models.QuerySet):
    def answered(self) -> Self:
        return self.exclude(answered_at=None)

    def worse_and_unseen(self) -> Self:
        return self.filter(worse=True, seen_at=None)


class FollowUp(models.Model):
    """Pain 0 to 10 and how hard one activity of the patient's own choice is (0 no trouble, 10 cannot do it).

    Week 0 holds what the intake said. A row exists from the day it is planned; it is open from `due_at` until it is
    answered, the next one is due or four weeks have passed.
    """

    class Change(models.TextChoices):
        BETTER = "better"
        SAME = "same"
        WORSE = "worse"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="follow_ups")
    intake = models.ForeignKey("intake.Intake", on_delete=models.PROTECT, related_name="follow_ups")
    week = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    activity = models.CharField(max_length=300, blank=True, help_text="The patient's words")
    pain = models.PositiveSmallIntegerField(null=True, blank=True)
    difficulty = models.PositiveSmallIntegerField(null=True, blank=True)
    change = models.CharField(max_length=10, choices=Change, blank=True)
    worse = models.BooleanField(default=False, help_text="By the patient's word or by the numbers")
    answered_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied("follow_up_never_emptied")]
        ordering = ["intake", "week"]
        constraints = [
            models.UniqueConstraint(fields=["intake", "week"], name="one_follow_up_for_each_week"),
            models.CheckConstraint(
                condition=(Q(pain=None) | Q(pain__lte=10)) & (Q(difficulty=None) | Q(difficulty__lte=10)),
                name="follow_up_scales_end_at_ten",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(pain__isnull=False), name="follow_up_answered_has_pain"
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="follow_up_seen_has_both_when_and_who",
            ),
        ]

    def __str__(self) -> str:
        return f"week {self.week} of {self.intake_id}"

    def is_open(self, now: datetime) -> bool:
        """Say whether the patient can answer it at `now`."""
        if self.answered_at or not self.due_at <= now < self.due_at + OPEN_FOR:
            return False
        return not self.patient.follow_ups.filter(due_at__gt=self.due_at, due_at__lte=now).exists()
