"""The source of a page on one line: tests compare words and attributes, not where a template breaks its lines."""

import re


def one_line(html: str) -> str:
    """Return it with one space for each run of whitespace, and none before the end of a tag."""
    return re.sub(r" (?=/?>)", "", " ".join(html.split()))
