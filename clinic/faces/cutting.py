"""Cut the page faces from their packages: small files for browsers, whole ones for paper, licences beside them.

The licence keeps the name of the originals for the originals, so what is cut has a name of its own. Nothing of this is
committed: `python -m clinic.faces` makes it at set-up. Where it has not run, pages use the faces of the system, and
PDFs those of `clinic.paper`.
"""

import importlib.util
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from clinic.faces import FOR_PRINT
from clinic.faces import SANS as SANS_NAME
from clinic.faces import SERIF as SERIF_NAME

# Latin with every accent of Europe's languages, punctuation, arrows and the few signs that pages draw.
LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), 0x2BC, 0x2C6, 0x2DA, 0x2DC, *range(0x2010, 0x2028)]
LETTERS += [0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2122, *range(0x2190, 0x2194), 0x2212, 0x2264]
LETTERS += [0x2265, 0x2713, 0x2717]
FEATURES = ["kern", "liga", "locl", "tnum"]  # no others show in the letters above; each costs a phone bytes
NAMES = {1: "{name}", 3: "{name} {style}", 4: "{name} {style}", 6: "{solid}-{style}", 16: "{name}", 25: "{solid}"}
# Share of each letter in English text, in per mille: how wide a line comes out decides how wide the stand-in must be.
COMMON = {" ": 180, "e": 104, "t": 74, "a": 67, "o": 62, "i": 57, "n": 57, "s": 52, "h": 50, "r": 49, "d": 35, "l": 33}
COMMON |= {"u": 23, "c": 22, "m": 20, "w": 19, "f": 18, "g": 16, "y": 16, "p": 16, "b": 12, "v": 8, "k": 6}
WIDTH_OF_ARIAL = 0.446  # of the same text, in em


@dataclass(frozen=True)
class Face:
    """Say what a face is called here, and where in its original it is cut from."""

    name: str
    package: str
    original: str
    axes: dict = field(hash=False)  # a number fixes an axis, a pair keeps that part of it
    weights: str
    local: str  # the system's own that stands in until it has come

    @property
    def file(self) -> str:
        return f"{self.name.lower().replace(' ', '-')}.woff2"

    @property
    def folder(self) -> Path:
        return Path(importlib.util.find_spec(self.package).origin).parent


SANS = Face(SANS_NAME, "fontpkg_source_sans_3", "SourceSans3[wght].ttf", {"wght": (400, 700)}, "400 700", "Arial")
SERIF = Face(
    SERIF_NAME,
    "fontpkg_source_serif_4",
    "SourceSerif4[opsz,wght].ttf",
    {"opsz": 28, "wght": 600},
    "600",
    "Georgia",
)
FACES = [SANS, SERIF]


@dataclass(frozen=True)
class PrintFace:
    """Say which one weight of a face paper uses. It keeps every letter: a PDF takes along only those it needs."""

    face: Face
    style: str
    original: str
    axes: dict = field(hash=False)

    @property
    def file(self) -> str:
        return f"{self.face.name} {self.style}".lower().replace(" ", "-") + ".ttf"


PRINTED = [
    PrintFace(SANS, "Regular", SANS.original, {"wght": 400}),
    PrintFace(SANS, "Bold", SANS.original, {"wght": 700}),
    PrintFace(SANS, "Italic", "SourceSans3-Italic[wght].ttf", {"wght": 400}),
    PrintFace(SERIF, "SemiBold", SERIF.original, SERIF.axes),
]


def cut_all(into: Path) -> None:
    """Write every face, their stylesheet and their licences into the folder `into`; on all processors at once."""
    into.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor() as others:
        for_pages = others.map(_cut_for_pages, FACES, [into] * len(FACES))
        cut_for_print(into / FOR_PRINT, others.map)
        (into / "faces.css").write_text("\n\n".join(for_pages) + "\n", "utf-8")


def _cut_for_pages(face: Face, into: Path) -> str:
    font = cut(face)
    font.flavor = "woff2"
    font.save(into / face.file)
    licence = (face.folder / "LICENSE").read_text("utf-8")
    (into / face.file.replace(".woff2", "-licence.txt")).write_text(licence, "utf-8")
    return rules(face, font)


def cut_for_print(into: Path, each: Callable[..., Iterable[None]] = map) -> None:
    """Write the faces that PDFs are set in: one file a weight, since typst reads no variable ones."""
    into.mkdir(parents=True, exist_ok=True)
    list(each(_cut_one_for_print, PRINTED, [into] * len(PRINTED)))


def _cut_one_for_print(one: PrintFace, into: Path) -> None:
    font = TTFont(one.face.folder / "files" / one.original)
    font = instancer.instantiateVariableFont(font, one.axes, inplace=True)
    rename(font, one.face.name, one.style)
    font.save(into / one.file)


def cut(face: Face) -> TTFont:
    """Return the face with only our letters and weights, under its own name."""
    font = TTFont(face.folder / "files" / face.original)
    options = subset.Options(layout_features=FEATURES, name_IDs=["*"], notdef_outline=True, hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LETTERS)
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, face.axes, inplace=True, optimize=True)
    rename(font, face.name)
    return font


def rename(font: TTFont, name: str, style: str = "Regular") -> None:
    """Give the font our name wherever it says its own. Copyright and licence stay."""
    table = font["name"]
    for record in list(table.names):
        if record.nameID in NAMES:
            words = NAMES[record.nameID].format(name=name, style=style, solid=name.replace(" ", ""))
            table.setName(words, record.nameID, record.platformID, record.platEncID, record.langID)
        elif record.nameID in (2, 17):
            table.setName(style, record.nameID, record.platformID, record.platEncID, record.langID)
        elif record.nameID == 7:  # the trademark speaks of the original
            table.removeNames(nameID=7)


def rules(face: Face, font: TTFont) -> str:
    """Return the stylesheet of a face, with a stand-in of the same width.

    No line jumps when the face itself comes.
    """
    across = width(font) / WIDTH_OF_ARIAL
    size = font["head"].unitsPerEm * across
    up, down = font["hhea"].ascent / size, -font["hhea"].descent / size
    return f"""@font-face {{
  font-family: "{face.name}";
  src: url("{face.file}") format("woff2");
  font-weight: {face.weights};
  font-display: swap;
}}

@font-face {{
  font-family: "{face.name} until it comes";
  src: local("{face.local}");
  size-adjust: {across:.1%};
  ascent-override: {up:.1%};
  descent-override: {down:.1%};
  line-gap-override: 0%;
}}"""


def width(font: TTFont) -> float:
    """Return how wide a letter of English text is on average, in em."""
    letters, widths = font.getBestCmap(), font["hmtx"]
    total = sum(share * widths[letters[ord(letter)]][0] for letter, share in COMMON.items())
    return total / sum(COMMON.values()) / font["head"].unitsPerEm
