"""Somebody a new link was asked for, whose turn did not come: more people share the address than get one at a time."""

from django.db import models
from django.utils import timezone


class LeftOut(models.Model):
    """It stands in the desk's list until a link went to this patient, by mail or through the desk."""

    patient = models.OneToOneField("intake.Patient", on_delete=models.CASCADE, related_name="left_out")
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"left out {self.pk}"
