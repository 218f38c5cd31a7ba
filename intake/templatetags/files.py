"""The files of a patient, on the case page."""

from datetime import date
from typing import Any

from django import template

from intake.models import Case

register = template.Library()


@register.inclusion_tag("review/_files.html")
def files_of(case: Case) -> dict[str, Any]:
    """Return all files of the patient, the newest first; warns of any that say they are somebody else's."""
    rows = case.patient.files.kept().select_related("intake").order_by("-pk")
    return {"case": case, "patient": case.patient, "files": [_row(file, case) for file in rows]}


def _row(file: Any, case: Case) -> dict[str, Any]:
    names = file.names
    return {
        "file": file,
        "earlier": file.intake_id != case.intake_id,
        "name": names.get("name", "").replace("^", " ").strip(),
        "born": _day(names.get("birth_date", "")),
        "differs": bool(names.get("differs")),
        "unread": names.get("read") is False,
    }


def _day(said: str) -> date | str:
    """A birth date as imaging files write it, 19820331, or what stands there instead."""
    try:
        return date(int(said[:4]), int(said[4:6]), int(said[6:])) if said.isascii() and len(said) == 8 else said
    except ValueError:
        return said
