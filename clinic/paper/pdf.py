"""PDFs that a screen reader can read: tagged (PDF/UA-1), set by typst with its own fonts and those of packages.

PDF/UA-1 refuses a document in which one character has no glyph, and people may be called or write anything. So no
character reaches typst that it cannot show (`clinic.paper.glyphs`).
"""

import logging
from pathlib import Path
from typing import Any

import typst

from clinic.paper import glyphs

log = logging.getLogger(__name__)


def tagged(template: Path, said: dict[str, Any], **pictures: str) -> bytes:
    """The PDF of a typst template. It reads `said` as JSON, so words of patients and staff are never markup, and sets
    its text in the families of `fonts`, its titles in those of `heading-fonts`. `pictures` are SVGs of our own, which
    reach it as they are.
    """
    try:
        return _compiled(template, glyphs.showable(said), pictures)
    except typst.TypstError as error:
        log.warning("%s could not be set as it was written: %s", template.name, type(error).__name__)
        return _compiled(template, glyphs.marked(said), pictures)  # a template that is broken fails here again


def _compiled(template: Path, said: dict[str, Any], pictures: dict[str, str]) -> bytes:
    return typst.compile(
        str(template),
        sys_inputs=pictures | glyphs.inputs(said),
        pdf_standards=["ua-1"],
        font_paths=glyphs.fonts(),
    )
