"""Counts the bytes of uploads while they arrive, on every page: what is too large never fills the disk."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

MEGABYTE = 1024 * 1024


class Counted(FileUploadHandler):
    """The first upload handler. A file over a limit is read and dropped, and the view may go on with the rest.

    `request.refused_uploads` holds (field, name, reason) for each; a reason is a word of `clinic.files.words`. A
    request of more than twice what all files may have is cut off.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.number = self.total = self.here = 0
        self.endless = False
        if request is not None:
            request.refused_uploads = []

    def handle_raw_input(
        self,
        input_data: HttpRequest,
        META: dict[str, str],
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> None:
        self.endless = content_length > 2 * settings.FILES_MEGABYTES * MEGABYTE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.number += 1
        self.here = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.here += len(raw_data)
        self.total += len(raw_data)
        if reason := self._reason():
            self.request.refused_uploads.append((self.field_name, self.file_name or "", reason))
            if self.endless:
                raise StopUpload(connection_reset=True)
            raise SkipFile
        return raw_data

    def _reason(self) -> str:
        if self.number > settings.FILES_EACH_INTAKE:
            return "too_many"
        if self.here > settings.FILE_MEGABYTES * MEGABYTE:
            return "too_large"
        if self.endless or self.total > settings.FILES_MEGABYTES * MEGABYTE:
            return "too_much"
        first = self.here <= self.chunk_size
        return "no_room" if first and not room_in(tempfile.gettempdir()) else ""

    def file_complete(self, file_size: int) -> None:
        return None  # the next handlers keep it


def room_in(folder: str | Path, *, size: int = 0) -> bool:
    """Say whether the disk of `folder` keeps its free space when `size` bytes more are written to it."""
    return shutil.disk_usage(folder).free - size >= settings.FILES_KEEP_FREE_MEGABYTES * MEGABYTE
