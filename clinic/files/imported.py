"""What every file that is put into the product keeps: what came, who looked at it, and who took it back."""

import uuid

from django.conf import settings
from django.db import models


class ImportedFile(models.Model):
    """Hold one file: looked at, put in or left, perhaps taken back.

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
        abstract = True

    def __str__(self) -> str:
        return f"import {self.file_name}"

    @property
    def can_be_undone(self) -> bool:
        """Say whether it was put in and not taken back.

        Whether its rows were used since is another question.
        """
        return self.confirmed_at is not None and self.undone_at is None
