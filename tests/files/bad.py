"""Uploads that lie, break, burst or act: (label, name, content), made in code.

`test_bad_uploads` says what must hold of them. PAYLOAD stands where something hides; nothing that is kept may hold it.
"""

import io
import zipfile
import zlib
from itertools import product

from tests.files.bad_pdfs import active_pdfs, deep_pdfs
from tests.files.bad_pictures import burst_pictures
from tests.files.good import a_pdf, a_photo, a_study

PAYLOAD = b"PAYLOAD-alert(1)"


def a_zip(inside="run.exe") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(inside, PAYLOAD)
    return out.getvalue()


HTML = b"<html><script>" + PAYLOAD + b"</script></html>"
PROGRAMS = {
    "pe": b"MZ\x90\0" + b"\0" * 56 + b"\x80\0\0\0" + PAYLOAD,
    "elf": b"\x7fELF\x02\x01\x01" + b"\0" * 9 + PAYLOAD,
    "mach-o": b"\xcf\xfa\xed\xfe\x07\0\0\x01" + PAYLOAD,
    "mach-o fat": b"\xca\xfe\xba\xbe\0\0\0\x02" + PAYLOAD,
    "shell": b"#!/bin/sh\necho " + PAYLOAD + b"\nexit\n",
}
FOREIGN = PROGRAMS | {
    "html": HTML,
    "html after a mark": b"\xef\xbb\xbf\n <!DOCTYPE html>" + HTML,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='" + PAYLOAD + b"'/>",
    "xml": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "utf-16 html": HTML.decode().encode("utf-16"),
    "zip": a_zip(),
    "zip of ten million": zlib.compress(b"\0" * 10_000_000),
    "word": a_zip("word/document.xml"),
    "jar": a_zip("META-INF/MANIFEST.MF"),
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + PAYLOAD,
    "rtf": b"{\\rtf1\\ansi " + PAYLOAD + b"}",
    "gif": b"GIF89a\x01\0\x01\0\x80\0\0" + PAYLOAD,
    "webp": b"RIFF\x24\0\0\0WEBPVP8 " + PAYLOAD,
    "bmp": b"BM" + b"\0" * 60,
    "tiff": b"II*\0\x08\0\0\0" + b"\0" * 60,
    "icon": b"\0\0\x01\0\x01\0" + b"\0" * 60,
    "photoshop": b"8BPS\0\x01" + b"\0" * 60,
    "film": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + b"\0" * 60,
    "avif": b"\0\0\0\x20ftypavif\0\0\0\0avifmif1" + b"\0" * 60,
    "sound": b"ID3\x04" + b"\0" * 60,
    "words": b"my knee hurts",
    "table": b"=cmd|' /C calc'!A0,1\n",
    "json": b'{"a": 1}',
    "script": b"/*\xff\xd8*/alert(1)//" + PAYLOAD,
    "php": b"<?php system($_GET['a']); ?>",
    "mail": b"From: a@b.example\nSubject: x\n\n",
    "7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 30,
    "rar": b"Rar!\x1a\x07\x01\0" + b"\0" * 30,
    "gzip": b"\x1f\x8b\x08\0" + b"\0" * 30,
    "nothing but zeros": bytes(4096),
    "noise": bytes((n * 7919 >> 3) & 255 for n in range(4096)),
    "postscript": b"%!PS-Adobe-3.0\n(" + PAYLOAD + b") show",
    "mark of a study alone": bytes(128) + b"DIC",
}


def foreign():
    for (label, content), ending in product(FOREIGN.items(), (".pdf", ".jpg", ".dcm")):
        yield f"{label} called {ending}", f"report{ending}", content


def misnamed():
    own = {"pdf": a_pdf(), "jpeg": a_photo(), "png": a_photo("PNG"), "heic": a_photo("HEIF"), "study": a_study()}
    for kind, endings in {
        "pdf": (".jpg", ".png", ".heic", ".dcm", ".exe", ".html", ".svg", ".js"),
        "jpeg": (".pdf", ".dcm", ".exe", ".html", ".svg", ".js"),
        "png": (".pdf", ".dcm", ".exe", ".html", ".svg"),
        "heic": (".pdf", ".dcm", ".mov"),
        "study": (".pdf", ".jpg", ".exe", ".html", ".zip"),
    }.items():
        for ending in endings:
            yield f"{kind} called {ending}", f"report{ending}", own[kind]


def appended():
    """Two files in one: the second begins where the first ends."""
    firsts = {".pdf": a_pdf(), ".jpg": a_photo(), ".png": a_photo("PNG"), ".heic": a_photo("HEIF"), ".dcm": a_study()}
    seconds = {
        "html": HTML,
        "zip": a_zip(),
        "jar": a_zip("META-INF/MANIFEST.MF"),
        "zip, then an end mark": a_zip() + b"\n%%EOF\n",
        "php": b"<?php " + PAYLOAD + b" ?><script>",
    }
    for (ending, first), (label, second) in product(firsts.items(), seconds.items()):
        yield f"{ending} and {label}", f"report{ending}", first + second
    yield "pdf and program", "report.pdf", a_pdf() + PROGRAMS["pe"]
    yield "pdf and many spaces", "report.pdf", a_pdf() + b" " * 9000
    yield "jpeg and pdf", "report.jpg", a_photo() + a_pdf().replace(b"%PDF-1.3", b"%PDF-1.3 " + PAYLOAD)
    yield "png and pdf", "report.png", a_photo("PNG") + b"%PDF-1.7" + PAYLOAD


def prepended():
    for label, first in {
        "one line": b"\n",
        "one sign": b"x",
        "html": HTML,
        "program": PROGRAMS["pe"],
        "shell": PROGRAMS["shell"],
        "jpeg": a_photo(),
        "zip": a_zip(),
        "gif": FOREIGN["gif"],
        "javascript": b"/*" + PAYLOAD,
    }.items():
        yield f"{label} before a pdf", "report.pdf", first + a_pdf()
    pdf = a_pdf()
    line = pdf.index(b"\n") + 1
    for label, words in {
        "html in a comment": b"%" + HTML + b"\n",
        "html": HTML + b"\n",
        "shell": b"rm -rf /\n",
        "svg in a comment": b"%<svg onload=alert(1)>\n",
    }.items():
        yield f"{label} behind the first line of a pdf", "report.pdf", pdf[:line] + words + pdf[line:]
    yield "pdf and study", "report.pdf", (b"%PDF-1.7\n%" + b" " * 200)[:128] + a_study()[128:] + a_pdf()
    yield "archive before a study", "s.dcm", a_study(preamble=(a_zip() + bytes(128))[:128])
    yield "picture with a page in its comment", "a.jpg", a_photo(comment=HTML)
    yield "picture with a page in its text", "a.png", a_photo("PNG").replace(b"IEND", b"IEND" + PAYLOAD)


def preambles():
    """Studies whose first 128 bytes are a program: they are kept, without it."""
    parts = PROGRAMS | {"html": HTML, "pdf": b"%PDF-1.7\n" + PAYLOAD, "jpeg": a_photo()[:60] + PAYLOAD}
    for label, part in parts.items():
        yield f"study that begins as {label}", "scan.dcm", a_study(preamble=(part + bytes(128))[:128])


def studies():
    whole = a_study()
    head = whole.index(b"PN")
    # An element: group, number, two letters, length.
    yield "study with an endless name", "s.dcm", whole[: head + 2] + b"\xff\xff" + whole[head + 4 :]
    yield "study with a false meta length", "s.dcm", whole[:140] + b"\xff\xff\xff\x7f" + whole[144:]
    for length in (b"\xff\xff\xff\x7f", b"\xfe\xff\xff\xff", b"\0\0\0\x80"):
        sized = b"\x08\0\x05\0UT\0\0" + length + b"x" * 20
        yield f"study with a text of {length.hex()}", "s.dcm", whole[:head] + sized
    deep = b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\0\xe0\xff\xff\xff\xff" * 1
    yield "study of sequences in sequences", "s.dcm", whole[: head - 4] + deep * 40_000
    flat = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = flat.compress(b"\0" * 100_000_000) + flat.flush()
    plain = b"1.2.840.10008.1.2.1\0"
    yield "study packed 1000 times", "s.dcm", _meta(whole).replace(plain, b"1.2.840.10008.1.2.1.99") + packed
    yield "study without a syntax", "s.dcm", whole.replace(b"\x02\0\x10\0UI", b"\x02\0\x11\0UI")
    yield "study of noise", "s.dcm", bytes(128) + b"DICM" + bytes((n * 31) & 255 for n in range(3000))


def _meta(whole) -> bytes:
    return whole[: 144 + int.from_bytes(whole[140:144], "little")]


def cut():
    wholes = {".pdf": a_pdf(), ".jpg": a_photo(), ".png": a_photo("PNG"), ".heic": a_photo("HEIF")}
    for ending, whole in wholes.items():
        for tenth in range(1, 10):
            yield f"{ending} cut after {tenth}0 %", f"report{ending}", whole[: len(whole) * tenth // 10]
    study = a_study()
    for place in (131, 132, 138, 150, 200, 300):
        yield f"study cut after {place} bytes", "report.dcm", study[:place]
    heads = {".pdf": b"%PDF-1.7\n", ".jpg": b"\xff\xd8\xff\xe0", ".png": b"\x89PNG\r\n\x1a\n", ".dcm": study[:132]}
    heads[".heic"] = a_photo("HEIF")[:24]
    for ending, head in heads.items():
        yield f"{ending} of nothing", f"report{ending}", b""
        yield f"{ending} of its first bytes", f"report{ending}", head
        yield f"{ending} of its first bytes and zeros", f"report{ending}", head + bytes(2000)


def all_bad(*, each=1):
    """One in `each` of those that are alike; every one that could use up memory, time or a reader's trust."""
    groups = (foreign, misnamed, appended, prepended, preambles, studies, cut)
    made = [one for group in groups for one in group()]
    return made[::each] + list(active_pdfs()) + list(deep_pdfs()) + list(burst_pictures())
