"""What travels with a referral: the letter out, the appointment, the report back."""

import uuid
from pathlib import PurePath
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.audit.growing import never_emptied
from clinic.staff.permissions import SIGN_REFERRALS
from clinic.staff.places import OfPlacesQuerySet


def letter_name(letter: "Letter", _name: str) -> str:
    """Return a random name: storage never shows whose letter it is."""
    return f"letters/{uuid.uuid4().hex}.pdf"


def report_name(report: "Report", name: str) -> str:
    """A random name; the ending is that of the type the content was found to have."""
    return f"reports/{uuid.uuid4().hex}{PurePath(name).suffix}"


def original_name(report: Any, _name: str) -> str:
    """Return a random name with an ending that nothing opens."""
    return f"reports/{uuid.uuid4().hex}.sent"


class Letter(models.Model):
    """A letter as it was made: the words that went in, the PDF that came out. A change makes a new version."""

    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="letters")
    version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    pdf = models.FileField(upload_to=letter_name)
    sha256 = models.CharField(max_length=64)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="one_letter_for_each_version"),
        ]

    def __str__(self) -> str:
        return f"letter {self.version} of {self.referral_id}"


class Appointment(models.Model):
    """When and where the specialist will see the patient. A new one replaces the one before."""

    class Answer(models.TextChoices):
        COMES = "comes", "The patient comes"
        CANNOT = "cannot", "The patient cannot come"

    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    time_zone = models.CharField(max_length=40)
    instructions = models.TextField(blank=True)
    given_by = models.CharField(max_length=120)
    made_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(
        max_length=10, choices=Answer, blank=True, help_text="What the patient said of it on their page"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [never_emptied("office_appointment_never_emptied")]
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & Q(answered_at__isnull=False),
                name="appointment_answered_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(replaced_at=None),
                name="one_current_appointment_for_each_referral",
            ),
        ]

    def __str__(self) -> str:
        return f"appointment at {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def cannot_come(self) -> bool:
        return self.answer == self.Answer.CANNOT

    @property
    def number_in_calendars(self) -> int:
        """Return a number that grows by two: one that is off stands between.

        Of two files about it a calendar keeps the one with the higher number.
        """
        return 2 * sum(one.pk < self.pk for one in self.referral.appointments.all())

    @property
    def is_late(self) -> bool:
        """It is after the day by which the patient should be seen."""
        return self.starts_at.astimezone(ZoneInfo(self.time_zone)).date() > self.referral.see_by


class ReportQuerySet(OfPlacesQuerySet):
    at_place = "referral__location"
    seen_by = SIGN_REFERRALS

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Report(models.Model):
    """What the specialist sent back: a file, words, or both. It stays unread until a therapist reads it by name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="reports")
    words = models.TextField(blank=True)
    file = models.FileField(upload_to=report_name, blank=True)
    original = models.FileField(
        upload_to=original_name, blank=True, help_text="As it was sent, when `file` shows less; no page hands it out"
    )
    file_name = models.CharField(max_length=120, blank=True, help_text="As the office called it; only ever shown")
    sha256 = models.CharField(max_length=64, blank=True)
    sent_by = models.CharField(max_length=120, help_text="Who gave it, at the specialist's office")
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Staff who put it in when it came by fax or mail",
    )
    received_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied("report_never_emptied")]
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False, read_by__isnull=False),
                name="report_read_has_both_when_and_who",
            ),
            models.CheckConstraint(condition=~Q(words="") | ~Q(file=""), name="report_says_something"),
            models.CheckConstraint(condition=Q(file="") | ~Q(sha256=""), name="report_file_has_a_checksum"),
        ]

    def __str__(self) -> str:
        return f"report received {self.received_at:%Y-%m-%d %H:%M}"
