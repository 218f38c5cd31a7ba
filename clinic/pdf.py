"""PDFs that a screen reader can read: tagged (PDF/UA-1), set by typst with its own fonts and those of packages.

PDF/UA-1 refuses a document in which one character has no glyph, and people may be called or write anything. So no
character reaches typst that it cannot show (`clinic.glyphs`).
"""

import json
import logging
from pathlib import Path

import typst

from clinic import glyphs

log = logging.getLogger(__name__)


def tagged(template: Path, said: dict) -> bytes:
    """The PDF of a typst template. It reads `said` as JSON, so words of patients and staff are never markup, and sets
    its text in the families of `fonts`.
    """
    try:
        return _compiled(template, glyphs.showable(said))
    except typst.TypstError as error:
        log.warning("%s could not be set as it was written: %s", template.name, type(error).__name__)
        return _compiled(template, glyphs.marked(said))  # a template that is broken fails here again


def _compiled(template, said) -> bytes:
    return typst.compile(
        str(template),
        sys_inputs={"data": json.dumps(said), "fonts": json.dumps(glyphs.FAMILIES)},
        pdf_standards=["ua-1"],
        font_paths=glyphs.fonts(),
    )
