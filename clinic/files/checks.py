"""Whether a file from outside may be kept, and what of it.

Content decides what a file is, and the ending of its name must agree; otherwise the name is only ever shown. What a
stranger sent is opened by a process of its own (`opened`), which may use little time and memory and knows no secret.
"""

import hashlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile

from clinic.files.opened import Refused, sniff
from clinic.files.words import NotUsable

log = logging.getLogger(__name__)

MOST_PAGES = 200
MOST_PIXELS = 26_000_000
HEAVY = 8 * 1024 * 1024  # a photo of 12 megapixels has less
WALL_SECONDS = 10
CHUNK = 256 * 1024

ENDINGS = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png", "dicom": ".dcm"}  # as kept: HEIC becomes JPEG
MEDIA_TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png", ".dcm": "application/dicom"}
PICTURE_NAMES = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".heic", ".heif", ".hif"}
NAMES = {
    "pdf": {".pdf"},
    "jpeg": PICTURE_NAMES,  # pictures are made anew, and phones mix up their endings
    "png": PICTURE_NAMES,
    "heic": PICTURE_NAMES,
    "dicom": {".dcm", ".dicom", ".dic", ".ima"},
}
ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.heif,.dcm,application/pdf,image/jpeg,image/png,image/heic,application/dicom"

# A server opens two files at a time in each process; the others wait their turn.
_turns = threading.BoundedSemaphore(2)
CALM = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}  # what that process knows
COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("opened.py")))


@dataclass(frozen=True)
class CheckedFile:
    """A file to keep.

    `content` is what is stored and `sha256` its checksum, `sent_sha256` that of the file as it came; `stored_as` a
    name with the right ending, `name` the one to show. `original` is the file as it came, when what is stored shows
    less than it: kept beside it, and handed out by no page. `names` holds what the head of an imaging file says:
    `name`, `birth_date` and `read`, False when the head could not be read.
    """

    content: File
    size: int
    sha256: str
    sent_sha256: str
    stored_as: str
    name: str
    media_type: str
    names: dict = field(default_factory=dict)
    original: File | None = None


@dataclass(frozen=True)
class Limits:
    most_bytes: int
    types: frozenset = frozenset(NAMES)
    name_counts: bool = True
    most_pages: int = MOST_PAGES
    most_pixels: int = MOST_PIXELS

    def refuse(self, reason: str) -> NotUsable:
        size = self.most_bytes // (1024 * 1024)
        return NotUsable(reason, dicom="dicom" in self.types, size=size, most_pages=self.most_pages)


def check(upload: UploadedFile, limits: Limits) -> CheckedFile:
    """The file, safe to keep; NotUsable otherwise. `upload` is a Django UploadedFile."""
    if upload.size > limits.most_bytes:
        raise limits.refuse("too_large")
    upload.seek(0)
    kind = _kind(upload.read(1024), upload.name, limits)
    with tempfile.TemporaryFile() as sent, _turn(limits):
        sent_sha256 = _copy(upload, sent, limits)
        answer, kept = _opened(sent, limits)
        if "refused" in answer:
            raise limits.refuse(_why(answer["refused"], kind, upload.size))
        if not answer.get("anew"):
            kept = _as_sent(sent, zeros=answer.get("zeros", 0), length=answer.get("length"))
        original = File(_as_sent(sent), name="original.sent") if answer.get("loses") else None
    ending = ENDINGS[answer["type"]]
    sha256, size = _checksum(kept)
    log.info("a file was opened: %s became %s", kind, answer["type"])
    return CheckedFile(
        content=File(kept, name=f"file{ending}"),
        size=size,
        sha256=sha256,
        sent_sha256=sent_sha256,
        stored_as=f"report{ending}",
        name=shown(upload.name, ending),
        media_type=MEDIA_TYPES[ending],
        names=answer.get("names", {}),
        original=original,
    )


def _why(refused: str, kind: str, size: int) -> str:
    """A phone's photo that is too large to open, by its points or by its bytes, has words of its own."""
    heavy = refused == "many_pixels" or (refused == "unreadable" and size > HEAVY)
    return "heavy_photo" if kind == "heic" and heavy else refused


def _kind(head: bytes, name: str, limits: Limits) -> str:
    """Return what a few bytes say, before any process is started for it."""
    try:
        kind = sniff(head)
    except Refused as why:
        raise limits.refuse(str(why)) from None
    if kind not in limits.types:
        raise limits.refuse("unknown")
    if limits.name_counts and not _fits(name, kind):
        raise limits.refuse("name_differs")
    return kind


def _fits(name: str, kind: str) -> bool:
    """A name without an ending says nothing. Imaging files are often called by numbers with dots between."""
    ending = PurePosixPath(_last_part(name)).suffix.lower()
    return not ending or ending in NAMES[kind] or (kind == "dicom" and ending[1:].isdecimal())


class _turn:
    """Waits until fewer than two files are being opened; NotUsable when that takes too long."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def __enter__(self) -> None:
        if not _turns.acquire(timeout=2 * WALL_SECONDS):
            raise self.limits.refuse("busy")

    def __exit__(self, *_: Any) -> None:
        _turns.release()


def _copy(upload: UploadedFile, to: Any, limits: Limits) -> str:
    """The bytes as they came, in a file without a name; returns their checksum."""
    digest, left = hashlib.sha256(), limits.most_bytes
    upload.seek(0)
    for chunk in upload.chunks(CHUNK):
        left -= len(chunk)
        if left < 0:
            raise limits.refuse("too_large")
        digest.update(chunk)
        to.write(chunk)
    to.flush()
    to.seek(0)
    return digest.hexdigest()


def _opened(sent: Any, limits: Limits) -> tuple[dict[str, Any], File | None]:
    """The answer of the process that opens the file, and the file it made of it."""
    options = json.dumps({"most_pages": limits.most_pages, "most_pixels": limits.most_pixels})
    out = tempfile.TemporaryFile()  # noqa: SIM115  it becomes the content that is kept
    try:
        done = subprocess.run(
            [*COMMAND, options],
            stdin=sent,
            stdout=out,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            env=CALM,
            check=False,
        )
        out.seek(0)
        if done.returncode != 0:
            raise ValueError(f"ended with {done.returncode}")
        return json.loads(out.readline(100_000)), _rest(out)
    except (subprocess.TimeoutExpired, ValueError) as why:
        out.close()
        log.info("a file could not be opened: %s", type(why).__name__)
        return {"refused": "unreadable"}, None


def _rest(out: Any) -> File:
    """Return what follows the first line, as a file of its own."""
    rest = tempfile.TemporaryFile()  # noqa: SIM115
    shutil.copyfileobj(out, rest, CHUNK)
    out.close()
    return rest


def _as_sent(sent: Any, *, zeros: int = 0, length: int | None = None) -> File:
    """Return the file as it came, its first `zeros` bytes blanked, and no longer than `length`."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115
    sent.seek(zeros)
    kept.write(b"\0" * zeros)
    shutil.copyfileobj(sent, kept, CHUNK)
    kept.truncate(length)
    kept.seek(0)
    return kept


def _checksum(file: Any) -> tuple[str, int]:
    file.flush()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = file.tell()
    file.seek(0)
    return digest, size


def _last_part(name: str) -> str:
    last = PurePosixPath((name or "").replace("\\", "/").replace("\0", "")).name
    return "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(". ")


def as_said(name: str) -> str:
    """What the sender called a file that was not kept, to tell which one it was."""
    return _last_part(name)[:100]


def shown(name: str, ending: str) -> str:
    """Return a name to show: its last part, without control or direction signs, ending in what the content is."""
    stem = PurePosixPath(_last_part(name)).stem[:100] or "report"
    return f"{stem}{ending}"
