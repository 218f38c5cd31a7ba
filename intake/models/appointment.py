"""A patient asks for a visit at this clinic, and what staff answered."""

import uuid
from datetime import datetime
from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.audit.growing import never_emptied, only_grows
from clinic.staff.permissions import ANSWER_REQUESTS
from clinic.staff.places import OfPlacesQuerySet


class AppointmentRequestQuerySet(OfPlacesQuerySet):
    seen_by = ANSWER_REQUESTS

    def unanswered(self) -> Self:
        return self.filter(state=AppointmentRequest.State.ASKED)

    def waiting_for_us(self) -> Self:
        """Leave those the desk answers next: asked for, or booked for a time at which the patient cannot come."""
        return self.filter(Q(state=AppointmentRequest.State.ASKED) | Q(patient_says=AppointmentRequest.Says.CANNOT))

    def standing(self) -> Self:
        """Asked, or booked: what the patient still waits for or goes to."""
        return self.exclude(state=AppointmentRequest.State.CLOSED)

    def booked_after(self, at: datetime) -> Self:
        """Leave only visits that begin after this moment, the next one first."""
        booked = self.filter(state=AppointmentRequest.State.BOOKED, starts_at__gt=at)
        return booked.order_by("starts_at", "pk")

    def off(self) -> Self:
        """Closed, and not because another visit took the place of this one."""
        return self.filter(state=AppointmentRequest.State.CLOSED, moved_to=None).select_related("location")


@pghistory.track(
    model_name="AppointmentRequestHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    meta={"triggers": only_grows("appointment_request_history_only_grows")},
)
class AppointmentRequest(models.Model):
    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        BOOKED = "booked", "Booked"
        CLOSED = "closed", "Closed"

    class Reason(models.TextChoices):
        NEW = "new", _("A new problem")
        AGAIN = "again", _("A problem you have treated before")
        AFTER_SURGERY = "after_surgery", _("After surgery or an injury")
        MOVE = "move", _("To move a visit")
        OTHER = "other", _("Something else")

    class Says(models.TextChoices):
        COMES = "comes", "The patient comes"
        CANNOT = "cannot", "The patient cannot come"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="appointment_requests")
    intake = models.ForeignKey("intake.Intake", on_delete=models.PROTECT, related_name="appointment_requests")
    location = models.ForeignKey("staff.Location", on_delete=models.PROTECT, related_name="appointment_requests")
    days = models.JSONField(help_text="Weekdays that suit: mon, tue, ...; empty when any does")
    times = models.JSONField(help_text="Parts of the day that suit: morning, midday, afternoon; empty when any does")
    reason = models.CharField(max_length=20, choices=Reason)
    words = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer_by = models.DateTimeField(help_text="Promised to the patient")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField(null=True, blank=True, help_text="The visit that was booked")
    moved_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="moved_to",
        help_text="The visit this one was booked in place of",
    )
    answer = models.CharField(max_length=300, blank=True, help_text="Staff's words to the patient")
    patient_says = models.CharField(
        max_length=10, choices=Says, blank=True, db_default="", help_text="Of the visit that is booked, on their page"
    )
    patient_said_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentRequestQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied("appointment_request_never_emptied")]
        ordering = ["answer_by", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", starts_at=None)
                | Q(state="booked", starts_at__isnull=False, answered_by__isnull=False)
                | Q(state="closed"),
                name="appointment_booked_has_a_time_and_a_name",
            ),
            models.CheckConstraint(
                condition=Q(patient_says="", patient_said_at=None)
                | ~Q(patient_says="") & Q(state="booked", patient_said_at__isnull=False),
                name="patient_says_something_of_a_booked_visit",
            ),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(state="asked"), name="one_open_appointment_request_for_each_patient"
            ),
        ]

    def __str__(self) -> str:
        return f"appointment request {self.public_id}"

    @property
    def cannot_come(self) -> bool:
        return self.patient_says == self.Says.CANNOT

    @property
    def number_of_its_time(self) -> int:
        """Return a number that is another at each time it is booked for; 0 for none."""
        return int(self.starts_at.timestamp()) // 60 if self.starts_at else 0

    def was_at(self) -> datetime | None:
        """Return when the visit was that is off now; None when none was ever booked."""
        return self.history.exclude(starts_at=None).order_by("pgh_id").values_list("starts_at", flat=True).last()

    def first_of_the_moved(self) -> "AppointmentRequest":
        """Return the visit that was moved, perhaps several times, to be this one."""
        return self.moved_from.first_of_the_moved() if self.moved_from else self

    def times_changed(self) -> int:
        """Return a number that grows with every change of this visit, and of those it was moved from."""
        before = self.moved_from.times_changed() if self.moved_from else 0
        return before + self.history.count()
