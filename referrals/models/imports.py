"""Files of offices put into the directory: what came, what was taken of it, and what it changed, to take it back."""

from django.db import models
from django.db.models import Q

from clinic.audit.growing import never_emptied
from clinic.files.imported import ImportedFile


class DirectoryImport(ImportedFile):
    """Hold one file of offices, looked at, put into the directory or left."""

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
