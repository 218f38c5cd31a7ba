"""Opens one file from outside: a process of its own that knows no Django, no settings and no keys.

    python -I opened.py '{"most_pages": 200, "most_pixels": 26000000}' < file > answer

The answer is one line of JSON, then the bytes to keep when they are not those sent. `{"refused": why}` when the file
may not be kept. A crash, a timeout or an empty answer means that it cannot be opened. Only `sniff` is also called by
whoever starts the process: it compares a few bytes and parses nothing.
"""

import importlib.util
import json
import mmap
import os
import re
import resource
import sys
from typing import Any

MEGABYTE = 1024 * 1024
MOST_RESIDENT = 280 * MEGABYTE
CPU_SECONDS = 4
HEAD = 4 * MEGABYTE  # as much of an imaging file as is looked at
TAIL = 66_000  # a ZIP archive ends within so many bytes of the end of a file
SHRINKS = 8  # times as many pixels as are kept: a JPEG up to there is read smaller than it is

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
OTHER_PICTURES = (b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*", b"\0\0\x01\0", b"8BPS")
MARKUP = re.compile(rb"<(!doctype|html|head|body|script|svg|iframe|\?php|\?xml)", re.IGNORECASE)

PADDING = re.compile(rb"[\0\t\r\n\x0c\x1a ]*+")  # what faxes and mail programs put behind the end of a PDF

# Names in a PDF that make it more than something to read.
ACTIVE = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/SubmitForm"}
ACTIVE |= {"/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition", "/3D"}
ACTIVE_ANYWHERE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")  # also where no reader would look
MOST_OBJECTS = 100_000  # a long report has some thousand


class Refused(Exception):
    """`str(self)` is the reason, a word of `clinic.files.words`."""


def sniff(head: bytes) -> str:
    """The type that the first 1024 bytes say: pdf, jpeg, png, heic or dicom. Refused, with the reason, otherwise."""
    if head[128:132] == b"DICM":
        return "dicom"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[4:8] == b"ftyp":
        if head[8:12] in HEIF_BRANDS:
            return "heic"
        raise Refused("other_picture")
    raise Refused(_what_else(head))


def _what_else(head: bytes) -> str:
    if not head:
        return "empty"
    if b"%PDF-" in head:
        return "before_pdf"
    if head.startswith((b"PK", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b")):
        return "packed"
    if head.startswith(b"\xd0\xcf\x11\xe0") or head.startswith(b"{\\rtf"):
        return "office"
    if head.startswith(PROGRAMS):
        return "program"
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<") or MARKUP.search(head):
        return "web_page"
    return "other_picture" if head.startswith(OTHER_PICTURES) else "unknown"


# PDF ------------------------------------------------------------------------------------------------------------------


def pdf(file: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Kept as it is, when it is a PDF from its first byte to its last and can only be read."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        length = _only_a_pdf(data)
        if sum(1 for _ in re.finditer(rb"endobj", data)) > MOST_OBJECTS:
            raise Refused("unreadable")
        active = any(data.find(name) >= 0 for name in ACTIVE_ANYWHERE)
    import pypdf

    pypdf.overwrite_configuration(
        zlib_maximum_output_length=20 * MEGABYTE, array_based_stream_maximum_output_length=20 * MEGABYTE
    )
    leave_room()
    reader = pypdf.PdfReader(file, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):  # an owner's password alone forbids changes, not reading
        raise Refused("locked_pdf")
    pages = len(reader.pages)
    if pages == 0:
        raise Refused("unreadable")
    if pages > options["most_pages"]:
        raise Refused("many_pages")
    if active or _acts(reader):
        raise Refused("active_pdf")
    return {"type": "pdf", "length": length}


def _only_a_pdf(data: mmap.mmap) -> int:
    """Return where it ends, so that what pads it is left away.

    Nothing but comments before the first object, nothing after the end mark, nothing that another program reads.
    """
    start = data[:2048]
    if MARKUP.search(start[:1024]) or _ends_like_a_zip(data):
        raise Refused("two_files")
    first = re.match(rb"%PDF-\d\.\d\s*?(?:[\r\n]+|(?=%))(?:%[^\r\n]*[\r\n]+|[\s\0]+)*(\d+\s+\d+\s+obj|xref)", start)
    if first is None:
        raise Refused("unreadable")
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused("unreadable")
    if not PADDING.fullmatch(data, end + 5):
        raise Refused("two_files")
    return re.compile(rb"\r?\n?").match(data, end + 5).end()


def _ends_like_a_zip(data: mmap.mmap) -> bool:
    """True when a program that opens archives would find one at the end of this file."""
    tail = data[max(0, len(data) - TAIL) :]
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:
        return False
    comment = int.from_bytes(tail[place + 20 : place + 22], "little")
    return len(tail) - place - 22 >= comment


def _acts(reader: Any) -> bool:
    """Looks at every object that can be reached, each once."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    todo, seen = [reader.trailer], set()
    while todo:
        item = todo.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            if len(seen) > MOST_OBJECTS:
                raise Refused("unreadable")
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


# Pictures -------------------------------------------------------------------------------------------------------------


def picture(file: Any, options: dict[str, Any], kind: str) -> dict:
    """Made anew: upright, and without place, camera, comments or anything hidden or appended."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the limits below are narrower
    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
    leave_room()
    with Image.open(file, formats=["HEIF" if kind == "heic" else kind.upper()]) as opened:
        whole = opened.size
        _small_enough(opened, options["most_pixels"])
        loses = _loses(opened, kind, file, whole)
        deep = kind == "png" and loses and opened.mode in ("RGB", "RGBA")
        if deep and opened.width * opened.height <= options["most_pixels"] // 2:  # it is read twice at once
            upright = _beside("shades").every_colour(opened, file)
        else:
            upright = _in_eight_bits(opened, kind)
        upright.load()
        ImageOps.exif_transpose(upright, in_place=True)
    upright.info.clear()
    out = sys.stdout.buffer
    kept = "png" if kind == "png" else "jpeg"
    say({"type": kept, "anew": True, "loses": loses})
    fresh = upright if type(upright) is Image.Image else _bare(upright)
    if kept == "png":
        fresh.save(out, "PNG", compress_level=1)
    else:
        fresh.save(out, "JPEG", quality=88)
    return {}


def _loses(opened: Any, kind: str, file: Any, whole: Any) -> bool:
    """Say whether what is kept shows less than what was sent: fewer shades, or fewer points."""
    if opened.size != whole:
        return True
    if kind == "png":
        return os.pread(file.fileno(), 1, 24) == b"\x10"  # bits of each value
    return kind == "heic" and opened.info.get("bit_depth", 8) > 8


def _in_eight_bits(opened: Any, kind: str) -> Any:
    """Return the picture in the mode it is kept in."""
    if opened.mode.startswith("I"):
        return _beside("shades").every_shade(opened)
    if opened.mode in ("L", "RGB") or (kind == "png" and opened.mode == "RGBA"):
        return opened
    return opened.convert(_plain_mode(opened, kind))


def _beside(name: str) -> Any:
    """Load the file of this folder with that name, and no other: this process sees nothing else of ours."""
    where = os.path.join(os.path.dirname(__file__), f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, where)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _plain_mode(opened: Any, kind: str) -> str:
    if opened.mode == "1":
        return "L"
    return "RGBA" if kind == "png" and (opened.mode in ("LA", "PA") or "transparency" in opened.info) else "RGB"


def _bare(opened: Any) -> Any:
    """Return the same pixels as a plain picture, which knows nothing of the file it came from."""
    from PIL import Image

    bare = Image.Image()
    bare.im, bare._mode, bare._size = opened.im, opened.mode, opened.size
    return bare


def _small_enough(opened: Any, most: int) -> None:
    """Reads a large JPEG smaller. Refused when the picture would still fill the memory."""
    most *= 3 if opened.mode in ("1", "L") else 1
    width, height = opened.size
    if opened.format in ("JPEG", "MPO"):
        halves = 0
        while halves < 3 and (width >> halves) * (height >> halves) > most:
            halves += 1
        if halves and width * height <= most * SHRINKS:
            opened.draft(opened.mode, (width >> halves, height >> halves))
    if opened.width * opened.height > most or min(opened.size) < 1:
        raise Refused("many_pixels")


# DICOM ----------------------------------------------------------------------------------------------------------------


def dicom(file: Any, options: dict[str, Any]) -> dict:
    """Kept as it is, but for a first part that a computer could run. Only the head is read: whose study it is."""
    head = file.read(HEAD)
    file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
    tail = file.read(TAIL)
    if _ends_like_a_zip(tail) or MARKUP.search(tail[-1024:]):
        raise Refused("two_files")
    if head[132:136] == b"\x02\0\0\0" and int.from_bytes(head[140:144], "little") > MEGABYTE:
        raise Refused("unreadable")
    from io import BytesIO

    import pydicom
    from pydicom.filereader import read_partial

    leave_room()
    deflated = b"1.2.840.10008.1.2.1.99" in head[:2048]  # unpacking it could fill the memory
    passed = []  # the first part behind the patient's: a file that ends before it is cut or lies about its lengths

    def stop(tag: Any, *_: Any) -> bool:
        if tag >= 0x00100031:
            passed.append(tag)
        return bool(passed)

    if deflated:
        found, passed = pydicom.Dataset(), [b"\x02\0\x10\0UI" in head[:2048]]
    else:
        wanted = [0x00080005, 0x00100010, 0x00100030]  # character set, name, birth date
        found = read_partial(BytesIO(head), stop_when=stop, specific_tags=wanted)
        passed = passed if found.file_meta.get("TransferSyntaxUID") else []
    if not any(passed):
        raise Refused("unreadable")
    names = {
        "name": _plain(str(found.get("PatientName") or "")),
        "birth_date": _plain(str(found.get("PatientBirthDate") or "")),
        "read": not deflated,
    }
    safe = not any(head[:128]) or head[:4] in (b"II*\0", b"MM\0*")
    return {"type": "dicom", "names": names, "zeros": 0 if safe else 128}


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())[:120].strip()


# The process ----------------------------------------------------------------------------------------------------------


def leave_room() -> None:
    """From here on the memory in use stays under MOST_RESIDENT: what more is asked for is refused."""
    pages = resource.getpagesize()
    with open("/proc/self/statm") as numbers:
        size, resident = (int(number) * pages for number in numbers.read().split()[:2])
    most = size + max(0, MOST_RESIDENT - resident)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def say(answer: dict) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


def limit() -> None:
    """Take this process what it does not need: much time, memory, and disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (512 * MEGABYTE, 512 * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * MEGABYTE, 256 * MEGABYTE))


def main() -> None:
    limit()
    options, file = json.loads(sys.argv[1]), sys.stdin.buffer
    try:
        kind = sniff(file.read(1024))
        file.seek(0)
        ways = {"pdf": pdf, "dicom": dicom}
        answer = ways[kind](file, options) if kind in ways else picture(file, options, kind)
    except Refused as why:
        answer = {"refused": str(why)}
    if answer:
        say(answer)


if __name__ == "__main__":
    main()
