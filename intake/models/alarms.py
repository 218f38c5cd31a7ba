"""Who has seen the alarming answers that no rule used, before deciding."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.audit.growing import only_grows

# A decision without such answers needs nothing; assessments stored before they were known name none.
DECIDED_AFTER_ALARMS_WERE_SEEN = """
    IF (
        SELECT jsonb_array_length(COALESCE(a.result -> 'unused_alarms', '[]'::jsonb))
        FROM intake_assessment a WHERE a.id = NEW.assessment_id
    ) > 0 AND NOT EXISTS (
        SELECT FROM intake_alarmsseen s
        WHERE s.id = NEW.alarms_seen_id AND s.assessment_id = NEW.assessment_id AND s.by_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'Whoever decides has seen the danger signs that no rule used'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_comes_after_its_alarms_were_seen';
    END IF;
    RETURN NEW;
"""


class AlarmsSeen(models.Model):
    """A therapist pressed that they have seen the alarming answers of one assessment that no fired rule used.

    Once for each person and assessment: other answers are another assessment, and are seen again.
    """

    assessment = models.ForeignKey("intake.Assessment", on_delete=models.PROTECT, related_name="alarms_seen")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    alarms = models.JSONField(help_text="Those that were seen, as the assessment has them")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "by"], name="alarms_are_seen_once_by_each_person"),
            models.CheckConstraint(condition=~Q(alarms=[]), name="alarms_seen_are_named"),
        ]
        triggers = only_grows("alarms_seen_only_grow")

    def __str__(self) -> str:
        return f"alarms seen by {self.by} at {self.at:%Y-%m-%d %H:%M}"
