"""A file that goes with a question of an office, or with our answer to it."""

import uuid
from pathlib import PurePath

from django.db import models

from clinic.audit.growing import never_emptied


def talk_name(_row: "TalkFile", name: str) -> str:
    """Return a random name.

    The ending is that of the type the content was found to have.
    """
    return f"talk/{uuid.uuid4().hex}{PurePath(name).suffix}"


def talk_original_name(_row: "TalkFile", _name: str) -> str:
    """Return a random name with an ending that nothing opens."""
    return f"talk/{uuid.uuid4().hex}.sent"


class TalkFile(models.Model):
    """One file, beside the line of the history that says the words.

    Ours is closed to an office that has not accepted: a file says who the patient is, and no words can be taken out.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    line = models.OneToOneField("referrals.ReferralMove", on_delete=models.PROTECT, related_name="file")
    file = models.FileField(upload_to=talk_name)
    original = models.FileField(
        upload_to=talk_original_name, blank=True, help_text="As it was sent, when `file` shows less"
    )
    file_name = models.CharField(max_length=120, help_text="As its sender called it; only ever shown")
    sha256 = models.CharField(max_length=64)

    class Meta:
        triggers = [never_emptied("talk_file_never_emptied")]

    def __str__(self) -> str:
        return f"file of line {self.line_id}"

    @property
    def ending(self) -> str:
        return PurePath(self.file.name or "").suffix
