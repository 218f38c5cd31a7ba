"""Every start of the product looks at the fonts of its PDFs: a changed one stops it, and says what to do."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage

from clinic.paper import glyphs


@checks.register
def the_fonts_are_the_ones_we_know(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for each font file that is missing, changed, or not in the list of checksums."""
    hint = "Run `python3 run.py setup` again; it installs the packages by their hashes."
    said = "The font {} is not the one of clinic/paper/fonts.sha256."
    return [checks.Error(said.format(font), hint=hint, id="clinic.E001") for font in glyphs.unknown_fonts()]
