"""What somebody is told about a file that was not kept: why, and what to do instead."""

from typing import Any

from django.utils.translation import gettext as _


class NotUsable(Exception):
    """The file is not kept. `reason` is one word; `words` say why and what to do, for the person who sent it."""

    def __init__(self, reason: str, **numbers: Any) -> None:
        self.reason = reason
        self.words = sentence(reason, **numbers)
        super().__init__(self.words)


def sentence(reason: str, *, dicom: bool = True, **numbers: Any) -> str:
    """Return the reason in words. `dicom`: whether imaging files may be sent here; `numbers` are the limits."""
    return _reasons(what_is_taken(dicom=dicom), numbers).get(reason) or _unreadable()


def what_is_taken(*, dicom: bool = True) -> str:
    return (
        _("You can send PDF, JPEG, PNG, HEIC and DICOM files.") if dicom else _("You can send PDF, JPEG and PNG files.")
    )


def _unreadable() -> str:
    return _("This file cannot be opened. Save it again, or print it to a new PDF, and choose it again.")


def _reasons(taken: str, numbers: dict[str, int]) -> dict[str, str]:
    mixed = _("This file holds more than one kind of thing. Print it to a new PDF and choose that one.")
    return {
        "empty": _("This file is empty. Choose it again."),
        "unknown": _("We cannot take this kind of file.") + " " + taken,
        "other_picture": _("We cannot take this kind of picture or video.") + " " + taken,
        "packed": _("This is a packed file, such as a ZIP or a Word file. Send what is in it, one by one, or as PDF.")
        + " "
        + taken,
        "office": _("This is a text or table file. Save it as PDF and choose it again."),
        "program": _("This is a program, and we cannot take it.") + " " + taken,
        "web_page": _("This is a web page or a drawing made of code. Print it to a PDF and choose that one."),
        "name_differs": _("The name of this file does not fit what is in it. Save it again and choose it again.")
        + " "
        + taken,
        "before_pdf": mixed,
        "two_files": mixed,
        "locked_pdf": _("This PDF is locked with a password. Save it without one and choose it again."),
        "many_pages": _("This PDF has more than %(most_pages)s pages. Send the report alone.") % _ready(numbers),
        "active_pdf": _("This PDF holds scripts, forms or attached files. Print it to a new PDF and choose that one."),
        "many_pixels": _("This picture is too large. Take it again with a lower resolution."),
        "heavy_photo": _(
            "This photo is too large for us to open. Take a screenshot of it and send that. Or take it again: on an "
            "iPhone choose 12 MP and “Most Compatible” under Settings, Camera, Formats."
        ),
        "too_large": _("This file is larger than %(size)s MB. Choose a smaller one, or send it by fax.")
        % _ready(numbers),
        "too_many": _("You can send up to %(files)s files. This one was not kept.") % _ready(numbers),
        "too_much": _("All files together may have up to %(total)s MB. This one was not kept.") % _ready(numbers),
        "no_room": _("We cannot take files right now. Your answers are safe. Try later, or bring it to your visit."),
        "busy": _("We are busy with other files. Please try again in a minute."),
    }


def _ready(numbers: dict[str, int]) -> dict[str, Any]:
    return {"most_pages": "", "size": "", "files": "", "total": ""} | numbers
