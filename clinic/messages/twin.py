"""The twin of a mail's plain text: the same words as a page, with a button where the text has its link.

It is made from the finished text, so no kind can say in one of them what it does not say in the other. Only the clinic,
its location, the word on the button and how to stop a reminder are added. No picture, nothing from elsewhere, nothing
that tells us who reads.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from clinic.contact import phones
from clinic.messages.models import Message

FRAME = "emails/_frame.html"
HELP = re.compile(r"\b911\b")
BROKEN_AT = re.compile(r"\n{2,}")


@dataclass(frozen=True)
class Paragraph:
    """Hold its lines, what they announce, and the address of its button; any may be empty."""

    lines: list
    announced: list  # what stands below a line that ends in a colon: a time, a place
    link: str
    is_for_help: bool


def twin(message: Message, subject: str, body: str, *, stop: str = "") -> str:
    """Return the HTML of a mail whose plain text is `body`.

    `stop` is the address that stops reminders like it.
    """
    location = message.location
    texts = [paragraph.split("\n") for paragraph in BROKEN_AT.split(body.strip())]
    with translation.override(message.language):
        return render_to_string(
            FRAME,
            {
                "language": message.language,
                "subject": subject,
                "clinic": settings.ORGANIZATION,
                "location": "" if message.together or not location else location.name,
                "stop": stop,
                "paragraphs": [_paragraph(lines, location.phone if location else "") for lines in texts],
            },
        )


def _paragraph(lines: list[str], phone: str) -> Paragraph:
    """Read a paragraph of the text."""
    links = [line for line in lines if line.startswith(f"{settings.SITE_URL}/")]
    words = [line for line in lines if line not in links]
    announced = words[1:] if words and words[0].endswith(":") else []
    said = words[: len(words) - len(announced)]
    return Paragraph(
        [_dialed(line, phone) for line in said],
        announced,
        links[0] if links else "",
        any(HELP.search(line) for line in words),
    )


def _dialed(line: str, phone: str) -> SafeString:
    """Return the line with the clinic's number to press."""
    dialed = phones.read(phone).dialed if phone else ""
    if not dialed or phone not in line:
        return conditional_escape(line)
    before, after = line.split(phone, 1)
    return format_html('{}<a class="link phone" href="tel:{}">{}</a>{}', before, dialed, phone, after)
