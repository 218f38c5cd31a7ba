"""The files offices send: PDF, JPEG and PNG, checked as every file from outside is."""

from django.core.files.uploadedfile import UploadedFile

from clinic.files.checks import CheckedFile, Limits, shown
from clinic.files.checks import check as check_file
from clinic.files.words import NotUsable
from referrals.models import Report, TalkFile

__all__ = ["ACCEPT", "MOST_BYTES", "CheckedFile", "NotUsable", "check", "put_into", "shown"]

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 200
MOST_PIXELS = 26_000_000
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


def check(upload: UploadedFile) -> CheckedFile:
    """The report, safe to keep; NotUsable otherwise. Its content decides: fax programs name files as they like."""
    limits = Limits(
        most_bytes=MOST_BYTES,
        types=frozenset({"pdf", "jpeg", "png"}),
        name_counts=False,
        most_pages=MOST_PAGES,
        most_pixels=MOST_PIXELS,
    )
    return check_file(upload, limits)


def put_into(row: Report | TalkFile, file: CheckedFile) -> None:
    """Store a checked file with its row, which is not saved yet.

    The original beside it where that shows more.
    """
    row.file_name, row.sha256 = file.name, file.sha256
    row.file.save(file.stored_as, file.content, save=False)
    if file.original:
        row.original.save(str(file.original.name), file.original, save=False)
