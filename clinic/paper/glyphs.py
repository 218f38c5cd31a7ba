"""What of a text our fonts can show, and what stands in place of the rest.

Names in Arabic, Hebrew, the scripts of South and Southeast Asia, Ethiopic, Chinese, Japanese and Korean are shown by
the Noto fonts of packages. An emoji, and what no font has, becomes a mark that says which character is missing:
`[U+1F600]`. What is no text at all is left out. The text as it was written stays in the database and in the answers
as data; only paper is changed.

What they have comes in the faces of the pages, where set-up has cut those (`clinic.faces`), else in Libertinus Serif.
"""

import functools
import hashlib
import importlib.util
import json
import logging
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from clinic.faces import FOR_PRINT, SANS, SERIF

log = logging.getLogger(__name__)

FAMILIES = [
    "Libertinus Serif",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Bengali",
    "Noto Sans Tamil",
    "Noto Sans Telugu",
    "Noto Sans Gujarati",
    "Noto Sans Gurmukhi",
    "Noto Sans Kannada",
    "Noto Sans Malayalam",
    "Noto Sans Sinhala",
    "Noto Sans Thai",
    "Noto Sans Lao",
    "Noto Sans Khmer",
    "Noto Sans Myanmar",
    "Noto Sans Ethiopic",
    "Noto Sans CJK SC",
]
PACKAGES = ["manimgx_fonts", "manimgx_fonts_cjk"]
CHECKSUMS = Path(__file__).with_name("fonts.sha256")  # as `sha256sum` writes them, by package and file
BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
NO_TEXT = re.compile(  # control characters, non-characters, and signs that turn around the words beside them
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
JOINS = {"Mn", "Mc", "Me", "Cf"}  # shown together with the character before
NEVER = {"Cn", "Co", "Cs"}  # unassigned, private and half characters mean nothing to a reader
PICTURES = range(0x1F000, 0x20000)  # a font has emoji, in black; on paper a mark says better which one it was
LONGEST_WORD = 100
ENDLESS = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
MOST_AT_ONCE, MOST_KEPT = 400, 50_000


def families() -> list[str]:
    """Name the families a text is set in: that of the pages first, where set-up has cut it."""
    return [SANS, *FAMILIES] if _our_faces() else FAMILIES


def heading_families() -> list[str]:
    """Name the families of titles and signatures."""
    return [SERIF, *families()] if _our_faces() else FAMILIES


def _our_faces() -> list[str]:
    """Return the folder of our own faces; none where they are not cut."""
    folder = settings.FACES_DIR / FOR_PRINT
    return [str(folder)] if folder.is_dir() else []


def fonts() -> typst.Fonts:
    """Return the fonts in use."""
    return _fonts(*_our_faces())


@functools.cache
def _fonts(*our_faces: str) -> typst.Fonts:
    """Open the fonts: our faces, typst's own and the packages', never those of the machine.

    A package with a font that is not the one we know is left out, and its scripts are marked: whatever that file is, it
    is not opened here.
    """
    other = {font.parts[0] for font in unknown_fonts()}
    for name in sorted(other):
        log.error("The fonts of %s are not the ones in %s and are not used", name, CHECKSUMS.name)
    folders = [str(_folder(name)) for name in PACKAGES if name not in other]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[*our_faces, *folders])


def unknown_fonts() -> list[Path]:
    """Name the font files, as package/file, that are missing, changed, or not in the list of checksums."""
    known = dict(reversed(line.split("  ", 1)) for line in CHECKSUMS.read_text("utf-8").splitlines())
    there = [Path(name, file.name) for name in PACKAGES for file in _folder(name).glob("*.[ot]t[cf]")]
    every = {Path(font) for font in known} | set(there)
    return sorted(font for font in every if _checksum(font) != known.get(str(font), ""))


def _checksum(font: Path) -> str:
    """The SHA-256 of a package's file; something no list has when there is none."""
    try:
        return hashlib.sha256((_folder(font.parts[0]) / font.name).read_bytes()).hexdigest()
    except OSError:
        return "missing"


def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    return Path(found.submodule_search_locations[0]) if found else Path("not installed", package)


def showable(said: Any) -> dict[str, Any]:
    """`said`, JSON-able, with every text in it as our fonts can show it."""
    shown = _shown({part for text in _texts(said) if not _plain(text) for part in _asked(_cleaned(text))})
    return _with_texts(said, lambda text: _breakable(text if _plain(text) else _written(_cleaned(text), shown)))


def marked(said: Any) -> Any:
    """`said` with a mark for every character that is not plain ASCII: what is left when all else has failed."""
    return _with_texts(said, lambda text: _breakable("".join(c if _plain(c) else _mark(c) for c in _cleaned(text))))


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for value in said.values():
            yield from _texts(value)
    elif isinstance(said, list | tuple):
        for value in said:
            yield from _texts(value)


def _with_texts(said: Any, change: Callable[[str], str]) -> Any:
    if isinstance(said, str):
        return change(said)
    if isinstance(said, dict):
        return {key: _with_texts(value, change) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [_with_texts(value, change) for value in said]
    return said


def _plain(text: str) -> bool:
    return text.isascii() and text.replace("\n", "").replace("\t", "").isprintable()


def _cleaned(text: str) -> str:
    return NO_TEXT.sub("", BREAKS.sub("\n", text))


def _breakable(text: str) -> str:
    """The text with places to break lines in endless words, which would leave the page, and at 64 kB end typst."""
    return ENDLESS.sub(lambda word: "\u200b".join(_in_parts(word[0])), text)


def _in_parts(word: str) -> Iterator[str]:
    part = []
    for cluster in _clusters(word):
        part.append(cluster)
        if len(part) == LONGEST_WORD:
            yield "".join(part)
            part = []
    yield "".join(part)


def _mark(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _clusters(text: str) -> Iterator[str]:
    """Return the text in pieces that are shown as one: a character and what is set on or joined to it."""
    start = 0
    for at, character in enumerate(text):
        if at > start and unicodedata.category(character) not in JOINS:
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _asked(text: str) -> Iterator[str]:
    """Whatever has to be known to write this text."""
    for cluster in _clusters(text):
        if not _plain(cluster) and not _is_loose(cluster):
            yield cluster
            yield cluster[0]


def _is_loose(cluster: str) -> bool:
    """A mark with no letter to stand on: after a space, or at the start of a text."""
    return cluster[0].isspace() or unicodedata.category(cluster[0]) in JOINS


def _written(text: str, shown: set[str]) -> str:
    return "".join(
        cluster if _plain(cluster) or cluster in shown else "".join(_pieces(cluster, shown))
        for cluster in _clusters(text)
    )


def _pieces(cluster: str, shown: set[str]) -> Iterator[str]:
    """Return a cluster that no font has as a whole: its first character if there is one for that, the rest as marks."""
    for at, character in enumerate(cluster):
        if at == 0 and (_plain(character) or character in shown):
            yield character
        elif unicodedata.category(character) != "Cf":
            yield _mark(character)


def inputs(said: Any) -> dict[str, str]:
    """Return what a template reads: the words, and the families to set them in."""
    by_name = {"data": said, "fonts": families(), "heading-fonts": heading_families()}
    return {name: json.dumps(value) for name, value in by_name.items()}


# What the fonts have ------------------------------------------------------------------------------------------------

_known: dict[str, bool] = {}  # cluster to whether it can be shown
_one_at_a_time = threading.Lock()

HEAD = """#let said = json(bytes(sys.inputs.data))
#set document(title: "Characters")
#set page(height: auto)
#set text(font: json(bytes(sys.inputs.fonts)))
#let heading-fonts = json(bytes(sys.inputs.heading-fonts))
"""
ONE = "#said.at({0}) #parbreak()\n"
IN_EVERY_STYLE = (
    "#said.at({0}) #text(weight: 600, said.at({0})) #text(weight: 700, said.at({0})) "
    '#text(style: "italic", said.at({0})) #text(font: heading-fonts, weight: 600, said.at({0})) #parbreak()\n'
)
FAILED_LINE = re.compile(r"^ *┌─ \S*:(\d+):\d+$", re.MULTILINE)


def _shown(clusters: set[str]) -> set[str]:
    """Those of the clusters that can be shown. typst is asked, with the fonts that will be used, and once for each."""
    with _one_at_a_time:
        if len(_known) > MOST_KEPT:
            _known.clear()
        new = sorted(cluster for cluster in clusters if cluster not in _known)
        asked = [cluster for cluster in new if not any(_is_never_shown(sign) for sign in cluster)]
        for start in range(0, len(asked), MOST_AT_ONCE):
            some = asked[start : start + MOST_AT_ONCE]
            failed = _failed(some)
            _known.update((cluster, number not in failed) for number, cluster in enumerate(some))
        return {cluster for cluster in clusters if _known.get(cluster)}


def _is_never_shown(sign: str) -> bool:
    return unicodedata.category(sign) in NEVER or ord(sign) in PICTURES


def _failed(clusters: list[str]) -> set[int]:
    """Return the numbers of the clusters for which no font has a glyph. Each stands on a line of its own."""
    lines = "".join((ONE if len(one) == 1 else IN_EVERY_STYLE).format(at) for at, one in enumerate(clusters))
    try:
        typst.compile(
            (HEAD + lines).encode(),
            sys_inputs=inputs(clusters),
            pdf_standards=["ua-1"],
            font_paths=fonts(),
        )
    except typst.TypstError as error:
        before = HEAD.count("\n") + 1
        failed = {int(line) - before for line in FAILED_LINE.findall(error.diagnostic)}
        return failed or set(range(len(clusters)))
    return set()
