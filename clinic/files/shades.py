"""The shades of a picture of 16 bits in 8, as many apart as can be.

Loaded by `opened.py` in its process of its own, so it knows no Django, no settings and no keys either.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

STRIP = 256  # lines of a picture that are looked at together
OUTERMOST = 0.005  # of all points at each end may be a label, a frame or a dead point
INNER = (20, 236)  # the shades of all others, when those stand apart
NEARLY = 0.8


def every_shade(opened: Any) -> Any:
    """Grey of 16 bits as grey of 8, as many shades apart as can be.

    A scan often holds 10 or 12 bits in 16, or lies far above zero, or has a white label on it: read as they stand,
    such values are one black or white sheet.
    """
    opened.load()
    places = _strips(opened)
    counts = np.zeros(65536, dtype=np.int64)
    for place in places:
        counts += np.bincount(_values(opened, place).ravel(), minlength=65536)
    table = _shades(counts)
    grey = Image.new("L", opened.size)
    for place in places:
        grey.paste(Image.fromarray(table[_values(opened, place)]), place[:2])
    return grey


def _strips(opened: Any) -> list[tuple[int, int, int, int]]:
    return [(0, top, opened.width, min(top + STRIP, opened.height)) for top in range(0, opened.height, STRIP)]


def every_colour(opened: Any, file: Any) -> Any:
    """The same for colours and for what is partly clear. One table for all colours, so that none changes its hue.

    What nobody sees, because it is clear, is not counted; the least clear point becomes solid.
    """
    read = _sixteen_bits(opened, file)
    counts, solid = np.zeros(65536, dtype=np.int64), 1
    for place in _strips(opened):
        colours, clear = read(place)
        counts += np.bincount(colours[clear > 0].ravel(), minlength=65536)
        solid = max(solid, int(clear.max()))
    table = _shades(counts) if counts.any() else np.zeros(65536, dtype=np.uint8)
    for place in _strips(opened):
        colours, clear = read(place)
        shown = table[colours]
        if shown.shape[2] == 1:
            shown = np.repeat(shown, 3, axis=2)
        if opened.mode == "RGBA":
            shown = np.dstack([shown, (clear.astype(np.uint32) * 255 // solid).astype(np.uint8)])
        opened.paste(Image.fromarray(np.ascontiguousarray(shown)), place[:2])
    return opened


def _sixteen_bits(opened: Any, file: Any) -> Callable[..., Any]:
    """Return a function that gives the colours of a strip and how solid each point is, both in 16 bits.

    Pillow keeps one byte of two. Told that the other comes first it keeps that one, so the picture is read twice; grey
    with alpha has four bytes a point and is read as four colours.
    """
    tile = opened.tile[0]
    grey = tile[3] == "LA;16B"
    if grey:
        opened.tile = [(*tile[:3], "RGBA")]
        low = None
    else:
        place = file.tell()
        file.seek(0)
        low = Image.open(file, formats=["PNG"])
        low.tile = [(*low.tile[0][:3], tile[3].removesuffix("B") + "L")]
        low.load()
        file.seek(place)
    opened.load()

    def read(place: Any) -> Any:
        high = np.asarray(opened.crop(place)).astype(np.uint16)
        if grey:
            return high[:, :, :1] << 8 | high[:, :, 1:2], high[:, :, 2] << 8 | high[:, :, 3]
        values = high << 8 | np.asarray(low.crop(place))
        solid = values[:, :, 3] if values.shape[2] == 4 else np.full(values.shape[:2], 65535, np.uint16)
        return values[:, :, :3], solid

    return read


def _values(opened: Any, place: Any) -> Any:
    return np.asarray(opened.crop(place)).astype(np.uint16)


def _shades(counts: Any) -> Any:
    """Return the 8-bit shade of every 16-bit value.

    Of three ways, from 0 to 65535, from the darkest point to the brightest, and the outermost points apart, it is the
    first that keeps nearly as many shades as the best.
    """
    used = np.flatnonzero(counts)
    below = np.cumsum(counts) / counts.sum()
    low, high = (int(np.searchsorted(below, share)) for share in (OUTERMOST, 1 - OUTERMOST))
    first, last = int(used[0]), int(used[-1])
    ways = [{0: 0, 65535: 256}, {first: 0, last: 256}, {low: INNER[0], high: INNER[1], first: 0, last: 256}]
    tables = [_stretched(way) for way in ways if len(way) > 1]
    kept = [len(np.unique(table[used])) for table in tables]
    enough = max(kept) * NEARLY
    return next(table for table, shades in zip(tables, kept, strict=True) if shades >= enough)


def _stretched(way: dict[int, int]) -> Any:
    values = sorted(way)
    table = np.floor(np.interp(np.arange(65536), values, [way[value] for value in values]))
    return np.clip(table, 0, 255).astype(np.uint8)
