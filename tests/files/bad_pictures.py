"""Pictures made to fill the memory of whoever opens them."""

import io
import struct
import zlib
from functools import cache

from PIL import Image

from tests.files.good import a_photo


def _chunk(kind, data) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(width, height, *, data=None, depth=8, colour=2, before=b"") -> bytes:
    """A PNG that says it has this size, with the `data` given as its picture."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000) if data is None else data
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + before + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


@cache
def _empty(size) -> bytes:
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)) + packer.flush()


def _jpeg_of(size, **more) -> bytes:
    out = io.BytesIO()
    Image.new("L", size).save(out, "JPEG", **more)
    return out.getvalue()


def _sized(jpeg, width, height) -> bytes:
    """The same JPEG, saying that it is as large as this."""
    for mark in (b"\xff\xc0", b"\xff\xc2"):
        if (place := jpeg.find(mark)) >= 0:
            return jpeg[: place + 5] + struct.pack(">HH", height, width) + jpeg[place + 9 :]
    raise ValueError("no size in it")


def burst_pictures():
    text = zlib.compress(b"A" * 100_000_000, 1)
    heic = a_photo("HEIF")
    size = heic.index(b"ispe") + 8
    cases = {
        "that says two thousand million": ("a.png", a_png(45_000, 45_000)),
        "that says four thousand million a side": ("a.png", a_png(2**32 - 1, 2**32 - 1)),
        "that says it has no width": ("a.png", a_png(0, 100)),
        "of 90 million grey": ("a.png", a_png(9_000, 10_000, colour=0, data=_empty(90_000_000))),
        "of 30 million in colour": ("a.png", a_png(6000, 5000, data=_empty(90_000_000))),
        "of 16 bits": ("a.png", a_png(3000, 5000, depth=16, data=_empty(90_000_000))),
        "of a line of a million": ("a.png", a_png(1_000_000, 30, data=_empty(90_000_000))),
        "with a packed text": ("a.png", a_png(9, 9, before=_chunk(b"zTXt", b"a\0\0" + text))),
        "with a packed profile": ("a.png", a_png(9, 9, before=_chunk(b"iCCP", b"a\0\0" + text))),
        "with a packed word": ("a.png", a_png(9, 9, before=_chunk(b"iTXt", b"a\0\x01\0\0\0" + text))),
        "with a chunk of four thousand million": (
            "a.png",
            a_png(9, 9).replace(b"\0\0\0\rIHDR", b"\xff\xff\xff\xffIHDR"),
        ),
        "of noise for a picture": ("a.png", a_png(9, 9, data=b"\x07" * 500)),
        "jpeg that says 65,500 a side": ("a.jpg", _sized(_jpeg_of((64, 64)), 65_500, 65_500)),
        "progressive jpeg that says 65,500 a side": (
            "a.jpg",
            _sized(_jpeg_of((64, 64), progressive=True), 65_500, 65_500),
        ),
        "progressive jpeg that says 14,000 a side": (
            "a.jpg",
            _sized(_jpeg_of((64, 64), progressive=True), 14_000, 14_000),
        ),
        "jpeg of 600 million grey": ("a.jpg", _jpeg_of((30_000, 20_000))),
        "jpeg without a height": ("a.jpg", _sized(_jpeg_of((64, 64)), 64, 0)),
        "heic that says a thousand million": (
            "a.heic",
            heic[:size] + struct.pack(">II", 40_000, 40_000) + heic[size + 8 :],
        ),
        "heic with false boxes": ("a.heic", heic[:24] + b"\xff\xff\xff\xffmeta" + heic[32:]),
        "heic of itself": ("a.heic", heic[:24] + heic[24:200] * 50),
    }
    for label, (name, content) in cases.items():
        yield f"picture {label}", name, content
