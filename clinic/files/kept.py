"""Handing out a stored file: as an attachment, and only when it is the one that was stored."""

import hashlib
import logging

from django.core.files import File
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.files.checks import MEDIA_TYPES

log = logging.getLogger(__name__)


class Damaged(Exception):
    """The stored file is gone, cannot be read, or is not the one that was stored. Nothing of it is shown."""


def intact(stored: FieldFile, sha256: str) -> File:
    """The stored file (a FieldFile), open at its beginning, after its checksum was compared; Damaged otherwise."""
    try:
        file = stored.storage.open(stored.name, "rb")
    except OSError as error:
        log.error("stored file %s cannot be read: %s", stored.name, error.strerror)
        raise Damaged from error
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        log.error("stored file %s differs from what was stored", stored.name)
        raise Damaged
    file.seek(0)
    return file


def attachment(file: File, name: str) -> FileResponse:
    """Return an open file as a download called `name`, which no browser shows or runs. Its ending says the type."""
    ending = name[name.rindex(".") :]
    response = FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPES[ending])
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def damaged(request: HttpRequest) -> HttpResponse:
    """Said to staff instead of a file that is not the one that was stored."""
    return render(request, "staff/damaged_file.html", status=409)
