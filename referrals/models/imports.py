"""Files of offices put into the directory: what came, what was taken of it, and what it changed, to take it back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.audit.growing import never_emptied


class DirectoryImport(models.Model):
    """Hold one file: looked at, put into the directory or left, perhaps taken back.

    `text` stays, so that nothing anybody typed is lost by a row that was wrong. `left_out` holds those rows.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(max_length=120, help_text="As its owner called it; only ever shown")
    text = models.TextField()
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    left_out = models.JSONField(default=list, help_text="[number of the row, name, [[column, what is wrong], ...]]")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        triggers = [never_emptied("directory_import_never_emptied")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="import_is_confirmed_by_a_name_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False, confirmed_at__isnull=False),
                name="import_undone_was_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.file_name}"

    @property
    def can_be_undone(self) -> bool:
        """Say whether it was put in and not taken back.

        Whether its rows were used since is another question.
        """
        return self.confirmed_at is not None and self.undone_at is None


class ImportedListing(models.Model):
    """What one row of a file did to one listing.

    `before` holds the fields it changed as they were; empty for a listing it made, which has no `specialist` any more
    once the import is taken back. `version` is the newest line in the history of the listing right after.
    """

    made_by = models.ForeignKey(DirectoryImport, on_delete=models.PROTECT, related_name="rows")
    row = models.PositiveIntegerField(help_text="Its number in the file, the headings counted")
    name = models.CharField(max_length=220)
    specialist = models.ForeignKey(
        "referrals.Specialist", null=True, on_delete=models.SET_NULL, related_name="imported_by"
    )
    was_new = models.BooleanField()
    before = models.JSONField(default=dict)
    version = models.BigIntegerField()

    class Meta:
        ordering = ["row", "pk"]
        triggers = [never_emptied("imported_listing_never_emptied")]

    def __str__(self) -> str:
        return f"row {self.row}: {self.name}"
