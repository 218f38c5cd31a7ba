"""PDFs that a screen reader can read: tagged (PDF/UA-1), set by typst with the fonts it brings."""

import json
from pathlib import Path

import typst


def tagged(template: Path, said: dict) -> bytes:
    """The PDF of a typst template. It reads `said` as JSON, so words of patients and staff are never markup."""
    return typst.compile(
        str(template),
        sys_inputs={"data": json.dumps(said)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
