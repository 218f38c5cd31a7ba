"""Files from outside: opened for real before they are kept.

Content decides what a file is; its name is only ever shown. Pictures are made anew without their hidden data, and a
PDF that could do anything but be read is refused.
"""

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

import pypdf
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 200
MOST_PIXELS = 60_000_000
MOST_OBJECTS = 200_000
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"

# Names in a PDF that make it more than something to read.
ACTIVE = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/SubmitForm"}
ACTIVE |= {"/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition"}


class NotUsable(Exception):
    """The file is not kept. `words` says why and what to do, for the person who sent it."""

    def __init__(self, words: str):
        self.words = words
        super().__init__(words)


@dataclass(frozen=True)
class CheckedFile:
    """`content` is what is stored, `sha256` its checksum, `stored_as` a name with the right ending, `name` to show."""

    content: ContentFile
    sha256: str
    stored_as: str
    name: str


def check(upload) -> CheckedFile:
    """The file, safe to keep; NotUsable otherwise. `upload` is a Django UploadedFile."""
    if upload.size > MOST_BYTES:
        raise NotUsable(too_large())
    upload.seek(0)
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise NotUsable(too_large())
    if data[:1024].lstrip()[:5] == b"%PDF-":
        kept, ending = _checked_pdf(data), ".pdf"
    elif data[:3] == b"\xff\xd8\xff":
        kept, ending = _picture_made_anew(data, "JPEG"), ".jpg"
    elif data[:8] == b"\x89PNG\r\n\x1a\n":
        kept, ending = _picture_made_anew(data, "PNG"), ".png"
    else:
        raise NotUsable(_("This file is not a PDF, JPEG or PNG. Save it as one of these and choose it again."))
    return CheckedFile(
        ContentFile(kept), hashlib.sha256(kept).hexdigest(), f"report{ending}", shown(upload.name, ending)
    )


def too_large() -> str:
    return _("This file is larger than %(size)d MB. Choose a smaller one, or fax the report.") % {
        "size": MOST_BYTES // (1024 * 1024)
    }


def shown(name: str, ending: str) -> str:
    """A name to show: its last part, without control or direction signs, ending in what the content is."""
    last = PurePosixPath((name or "").replace("\\", "/").replace("\0", "")).name
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(". ")
    stem = PurePosixPath(plain).stem[:100] or "report"
    return f"{stem}{ending}"


def _checked_pdf(data: bytes) -> bytes:
    unreadable = _("This PDF cannot be opened. Save it again, or print it to a new PDF, and choose it again.")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        encrypted = reader.is_encrypted
        pages = 0 if encrypted else len(reader.pages)
        active = not encrypted and _has_active_content(reader)
    except NotUsable:
        raise
    except Exception as error:  # whatever a broken file makes the reader do, the answer is the same
        raise NotUsable(unreadable) from error
    if encrypted:
        raise NotUsable(_("This PDF is locked with a password. Save it without one and choose it again."))
    if pages == 0:
        raise NotUsable(unreadable)
    if pages > MOST_PAGES:
        raise NotUsable(_("This PDF has more than %(pages)d pages. Send the report alone.") % {"pages": MOST_PAGES})
    if active:
        raise NotUsable(
            _("This PDF holds scripts, forms or attached files. Print it to a new PDF and choose that one.")
        )
    return data


def _has_active_content(reader) -> bool:
    """Looks at every object that can be reached, each once."""
    todo, seen = [reader.trailer], set()
    while todo:
        item = todo.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            if len(seen) > MOST_OBJECTS:
                return True
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            if ACTIVE & set(item) or item.get("/S") in ACTIVE or item.get("/Subtype") in ACTIVE:
                return True
            if item.get("/Type") in ACTIVE or item.get("/Subtype") == "/FileAttachment":
                return True
            todo.extend(item.raw_get(key) for key in item)
        elif isinstance(item, ArrayObject):
            todo.extend(list.__iter__(item))
    return False


def _picture_made_anew(data: bytes, kind: str) -> bytes:
    """The picture alone: turned upright, without place, camera or any other hidden data."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotUsable(_("This picture is too large. Take it again with a lower resolution."))
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGB" if kind == "JPEG" or upright.mode not in ("L", "RGBA") else upright.mode)
            fresh = Image.new(plain.mode, plain.size)
            fresh.paste(plain)
            out = io.BytesIO()
            fresh.save(out, kind, quality=88) if kind == "JPEG" else fresh.save(out, kind)
    except NotUsable:
        raise
    except Exception as error:  # a damaged picture may raise anything
        raise NotUsable(_("This picture cannot be opened. Take or save it again and choose it again.")) from error
    return out.getvalue()
