"""A file a patient sent: kept and handed on, never interpreted."""

import uuid
from pathlib import PurePath
from typing import Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.audit.growing import never_emptied, only_grows
from clinic.staff.models import User
from clinic.staff.permissions import SEE_CASES
from clinic.staff.places import OfPlacesQuerySet

FOLDER, APART, ORIGINALS = "patients", "infected", "originals"


def file_name(_file: Any, name: str) -> str:
    """A random name; the ending is that of the type the content was found to have."""
    return f"{FOLDER}/{uuid.uuid4().hex}{PurePath(name).suffix}"


def original_name(_file: Any, _name: str) -> str:
    """Return a random name with an ending that nothing opens."""
    return f"{ORIGINALS}/{uuid.uuid4().hex}.sent"


class PatientFileQuerySet(OfPlacesQuerySet):
    at_place = "patient__location"
    seen_by = SEE_CASES

    def visible_to(self, user: User) -> Self:
        """Leave only files that are not taken back, of patients whose cases this person sees."""
        return super().visible_to(user).filter(removed_at=None)

    def kept(self) -> Self:
        return self.filter(removed_at=None)

    def came_late(self) -> Self:
        """Sent by the patient when the case was decided already, and opened by nobody on staff since.

        One with a virus cannot be opened, and its patient is told.
        """
        waits = self.kept().filter(added_by=None, may_be_late=True, looked_at=None)
        return waits.filter(intake__case__decided_at__lt=F("added_at")).exclude(scan=PatientFile.Scan.INFECTED)

    def to_scan(self) -> Self:
        return self.kept().filter(scan=PatientFile.Scan.WAITING)


@pghistory.track(
    model_name="PatientFileHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    meta={"triggers": only_grows("patient_file_history_only_grows")},
    exclude=["may_be_late", "looked_at"],  # of other rows: the decisions, and the access log
)
class PatientFile(models.Model):
    class Kind(models.TextChoices):
        REPORT = "report", _("A report about a scan or test")
        LETTER = "letter", _("A letter or visit note")
        PHOTO = "photo", _("A photo")
        IMAGING = "imaging", _("A scan (DICOM)")

    class Scan(models.TextChoices):
        WAITING = "waiting", "Not yet scanned for viruses"
        CLEAN = "clean", "Scanned, nothing found"
        INFECTED = "infected", "A virus was found"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="files")
    intake = models.ForeignKey("intake.Intake", on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind)
    file = models.FileField(upload_to=file_name)
    original = models.FileField(
        upload_to=original_name, blank=True, help_text="As it was sent, when `file` shows less; no page hands it out"
    )
    name = models.CharField(max_length=120, help_text="As the sender called it; only ever shown")
    media_type = models.CharField(max_length=40, help_text="What the content was found to be")
    size = models.PositiveIntegerField(help_text="Bytes as kept")
    sha256 = models.CharField(max_length=64, help_text="Of the file as kept; checked at each download")
    sent_sha256 = models.CharField(max_length=64, help_text="Of the file as it was sent")
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.WAITING)
    scanned_at = models.DateTimeField(null=True, blank=True)
    found = models.CharField(max_length=120, blank=True, help_text="What the scanner called it")
    names = models.JSONField(
        default=dict, help_text="Of an imaging file: {name, birth_date} as its head says, and `differs` (a list)"
    )
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True, help_text="Taken back by the patient before sending")

    may_be_late = models.BooleanField(
        default=True, db_default=True, help_text="A decision stood when it came; `came_late` looks at no other"
    )
    looked_at = models.DateTimeField(null=True, blank=True, help_text="When somebody on staff opened it first")

    objects = PatientFileQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied("patient_file_never_emptied")]
        indexes = [
            models.Index(
                "patient",
                name="file_came_late",
                condition=Q(may_be_late=True, looked_at=None, removed_at=None, added_by=None),
            ),
            models.Index("id", name="file_to_scan", condition=Q(removed_at=None, scan="waiting")),
        ]
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(sha256="") & ~Q(sent_sha256=""), name="file_has_checksums"),
            models.CheckConstraint(
                condition=Q(scan="waiting", scanned_at=None) | (~Q(scan="waiting") & Q(scanned_at__isnull=False)),
                name="file_scanned_has_a_moment",
            ),
            models.UniqueConstraint(
                fields=["intake", "sent_sha256"],
                condition=Q(removed_at=None),
                name="file_is_kept_once_for_each_intake",
            ),
        ]

    def __str__(self) -> str:
        return f"file {self.public_id}"

    @property
    def ending(self) -> str:
        return PurePath(self.name).suffix

    @property
    def after_sending(self) -> bool:
        """Added when the answers had been sent already."""
        return bool(self.intake.submitted_at and self.added_at > self.intake.submitted_at)
