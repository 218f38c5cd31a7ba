"""The letter and all papers that go along as one PDF, to print or to fax, with a cover sheet where it is faxed.

What cannot be among its pages is named on a page in its place: nothing is dropped without a word. The cover says
nothing of the patient, because anybody may find it in the tray.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
from django.utils import timezone
from django.utils.formats import date_format

from clinic.files.kept import Damaged, intact
from clinic.files.merging import Pages, as_pages, joined
from clinic.paper.pdf import tagged
from referrals.letter.enclosed import enclosed_with
from referrals.letter.letter import stored_pdf
from referrals.models import Enclosure, Letter

COVER, INSTEAD = (Path(__file__).with_name(name) for name in ("cover.typ", "instead.typ"))
INFECTED = "A virus was found in it after it was chosen."
DAMAGED = "The stored file is not the one that was chosen."
IMAGING = "It is an imaging study (DICOM), which is not made of pages."
NO_PAGES = "Its pages could not be put among these."
TOO_MUCH = "All papers together are too much for one file."


@dataclass(frozen=True)
class Packet:
    """One PDF, its pages, and the titles of what is only named in it."""

    pdf: bytes
    count: int
    only_named: tuple[str, ...]


@dataclass(frozen=True)
class InPacket:
    """One paper as it stands in a packet; `title` where it is only named."""

    pages: Pages
    title: str = ""


def packet(letter: Letter, *, cover: bool = False) -> Packet:
    """Return the letter and what goes along, in the order of the letter.

    Raises Damaged when the letter itself is.
    """
    enclosed = enclosed_with(letter)
    own = _counted(stored_pdf(letter))
    parts = [_part(letter, number, one) for number, one in enumerate(enclosed, start=1)]
    made = _together(letter, own, parts, cover=cover)
    if made is None:
        parts = [_named(letter, number, one, TOO_MUCH) for number, one in enumerate(enclosed, start=1)]
        made = _together(letter, own, parts, cover=cover)
    if made is None:
        raise Damaged
    return Packet(made.pdf, made.count, tuple(part.title for part in parts if part.title))


def _together(letter: Letter, own: Pages, parts: list[InPacket], *, cover: bool) -> Pages | None:
    all_of_it = [own, *(part.pages for part in parts)]
    if cover:
        all_of_it.insert(0, _counted(cover_sheet(letter, [one.count for one in all_of_it])))
    return joined([one.pdf for one in all_of_it])


def _counted(pdf: bytes) -> Pages:
    """Count the pages of a PDF that we have made."""
    return Pages(pdf, len(pypdf.PdfReader(BytesIO(pdf)).pages))


def _part(letter: Letter, number: int, enclosure: Enclosure) -> InPacket:
    if enclosure.is_infected:
        return _named(letter, number, enclosure, INFECTED)
    try:
        with intact(enclosure.stored, enclosure.sha256) as file:
            pages = as_pages(file)
    except Damaged:
        return _named(letter, number, enclosure, DAMAGED)
    if pages is None:
        return _named(letter, number, enclosure, IMAGING if enclosure.is_imaging else NO_PAGES)
    return InPacket(pages)


def _named(letter: Letter, number: int, enclosure: Enclosure, why: str) -> InPacket:
    """Return the page that stands in place of a paper."""
    said = _heads(letter) | {
        "number": number,
        "of": len(letter.content["enclosures"]),
        "title": enclosure.title,
        "why": why,
    }
    return InPacket(_counted(tagged(INSTEAD, said)), enclosure.title)


def cover_sheet(letter: Letter, counts: list[int]) -> bytes:
    """Return the cover of a fax.

    `counts` are the pages of the letter and of each paper.
    """
    total, first, rows = 1 + sum(counts), 2, []
    for number, count in enumerate(counts):
        last = first + count - 1
        what = f"Enclosure {number}" if number else "Letter"
        rows.append([what, f"page {first}" if first == last else f"pages {first} to {last}"])
        first = last + 1
    return tagged(COVER, _heads(letter) | {"pages": total, "rows": rows})


def _heads(letter: Letter) -> dict[str, Any]:
    """Return what cover and pages in place of papers say alike.

    Nothing of it is about the patient.
    """
    referral, said = letter.referral, letter.content
    today = timezone.localdate(timezone=referral.location.zone)
    return {
        "made": {"year": today.year, "month": today.month, "day": today.day, "words": date_format(today, "F j, Y")},
        "from": said["from"],
        "to": said["to"],
        "reference": referral.reference,
        "urgency": said["urgency"],
    }
