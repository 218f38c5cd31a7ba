"""A patient who has to be called because no mail tells them in time that a visit is booked, moved or off."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Least, Now

from clinic.audit.growing import never_emptied
from clinic.staff.permissions import ANSWER_REQUESTS
from clinic.staff.places import OfPlacesQuerySet


class CallToMakeQuerySet(OfPlacesQuerySet):
    seen_by = ANSWER_REQUESTS

    def waiting(self) -> Self:
        """Return those nobody has made yet; on top where the patient would go first."""
        return self.filter(done_at=None).order_by(Least("was_at", "starts_at"), "pk")

    def late(self, now: datetime) -> Self:
        """Those that should have been made by now."""
        return self.filter(done_at=None, due_at__lt=now)


class CallToMake(models.Model):
    """It stands in the desk's list until somebody says, by name, that the patient knows.

    `was_at` is the time the patient knows of, empty when they know of none; `starts_at` the new one, empty when the
    visit is off. A visit that changes again before the call is the same call, with the newest time.
    """

    class Where(models.TextChoices):
        CLINIC = "clinic", "at the clinic"
        OFFICE = "office", "at a specialist's office"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="calls_to_make")
    location = models.ForeignKey("staff.Location", on_delete=models.PROTECT, related_name="calls_to_make")
    where = models.CharField(max_length=10, choices=Where)
    subject_id = models.UUIDField(help_text="Public id of the request or the referral the visit belongs to")
    time_zone = models.CharField(max_length=40)
    was_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(db_default=Now(), help_text="By when the patient should know")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = CallToMakeQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied("call_to_make_never_emptied")]
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id"], condition=Q(done_at=None), name="one_open_call_for_each_visit"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="call_that_was_made_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(was_at__isnull=False) | Q(starts_at__isnull=False), name="call_tells_of_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"call about a visit {self.public_id}"
