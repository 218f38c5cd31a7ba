"""The papers that travel with a letter, and the record of which office got what."""

import uuid
from pathlib import PurePath
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile

from clinic.audit.growing import never_emptied, only_grows
from referrals.models.papers import original_name, report_name
from referrals.models.referral import Referral


class EnclosureQuerySet(models.QuerySet):
    def going(self) -> Self:
        """Leave what goes along with the letter now."""
        return self.filter(removed_at=None)


class Enclosure(models.Model):
    """One paper that goes along with a letter.

    It is a file of the patient's, a report that came back, or one of our own.
    A file of the patient's is for the one office they agreed to. A paper that is taken out keeps its row: a letter
    that was sent with it still names it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="enclosures")
    title = models.CharField(max_length=120, help_text="What the letter calls it")
    patient_file = models.ForeignKey(
        "intake.PatientFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    report = models.ForeignKey("referrals.Report", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to=report_name, blank=True)
    original = models.FileField(
        upload_to=original_name, blank=True, help_text="As it was sent, when `file` shows less; no page hands it out"
    )
    sha256 = models.CharField(max_length=64, help_text="Of the file as it was when it was enclosed")
    agreed = models.BooleanField(default=False, help_text="The patient agreed that it goes to this office")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EnclosureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [never_emptied("enclosure_never_emptied")]
        constraints = [
            models.CheckConstraint(
                condition=Q(patient_file__isnull=False, report=None, file="")
                | Q(patient_file=None, report__isnull=False, file="")
                | (Q(patient_file=None, report=None) & ~Q(file="")),
                name="enclosure_is_one_paper",
            ),
            models.CheckConstraint(
                condition=Q(patient_file=None) | Q(agreed=True), name="patients_file_travels_by_their_consent"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="enclosure_removed_has_both_when_and_who",
            ),
            models.UniqueConstraint(
                fields=["referral", "patient_file"],
                condition=Q(removed_at=None, patient_file__isnull=False),
                name="patients_file_goes_along_once",
            ),
            models.UniqueConstraint(
                fields=["referral", "report"],
                condition=Q(removed_at=None, report__isnull=False),
                name="report_goes_along_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stored(self) -> FieldFile:
        """Return the file itself, wherever it is kept."""
        if self.patient_file:
            return self.patient_file.file
        return self.report.file if self.report else self.file

    @property
    def ending(self) -> str:
        return PurePath(self.stored.name or "").suffix

    @property
    def is_infected(self) -> bool:
        """Say whether a virus was found in it: it leaves the server no more."""
        return self.patient_file is not None and self.patient_file.scan == self.patient_file.Scan.INFECTED

    @property
    def is_imaging(self) -> bool:
        """Say whether it is a study of pictures, which has no pages."""
        return self.patient_file is not None and self.patient_file.kind == self.patient_file.Kind.IMAGING

    @property
    def not_scanned(self) -> bool:
        """Say whether it came from outside and nobody looked for a virus."""
        return self.patient_file is not None and self.patient_file.scan == self.patient_file.Scan.WAITING


class Delivery(models.Model):
    """One time that a version of the letter went to an office.

    With it went what that version names as enclosed. The row is evidence of that.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="deliveries")
    letter = models.ForeignKey("referrals.Letter", on_delete=models.PROTECT, related_name="deliveries")
    specialist = models.ForeignKey("referrals.Specialist", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Referral.Channel)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("delivery_only_grows")

    def __str__(self) -> str:
        return f"letter {self.letter_id} to listing {self.specialist_id}"
