"""What a patient typed on a page and left without saving: kept to be offered again, and nothing more.

It is no answer. No rule reads it, no member of staff is shown it, and it goes when the page is saved or discarded or
the answers are sent.
"""

from django.db import transaction

from intake import triage
from intake.models import Intake, UnsentPage
from intake.triage import Page
from intake.versions.protocols import protocol_for

LONGEST_VALUE = 6_000  # characters; a little more than the longest answer, so that one too long can still be cut
MOST_VALUES = 100
DATE_PARTS = ("month", "day", "year")


@transaction.atomic
def keep_unsent(intake: Intake, page_id: str, posted: dict[str, list[str]], *, version: int) -> bool:
    """Keep what the browser held on this page. `posted`: names to lists of values; only this page's fields are kept.

    The newest replaces what was kept before, and nothing to keep removes it. False when there was nothing or the
    answers were sent. Raises KeyError for an unknown page.
    """
    locked = Intake.objects.select_for_update(of=("self",)).select_related("protocol").get(pk=intake.pk)
    page = triage.find_page(protocol_for(locked), page_id)
    fields = fields_of(protocol_for(locked), page, posted)
    if locked.submitted_at or not fields:
        discard_unsent(locked, page_id)
        return False
    UnsentPage.objects.update_or_create(
        intake=locked, page=page_id, defaults={"fields": fields, "version": min(version, locked.version)}
    )
    return True


def discard_unsent(intake: Intake, page_id: str) -> None:
    UnsentPage.objects.filter(intake=intake, page=page_id).delete()


def left_on(intake: Intake, page_id: str) -> UnsentPage | None:
    """Return what was typed on this page and not saved."""
    return UnsentPage.objects.filter(intake=intake, page=page_id).first()


def fields_of(protocol: triage.Protocol, page: Page, posted: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the part of what a browser posted that belongs to this page's questions and says something."""
    fields = {}
    for name in _names(protocol, page):
        values = [value.replace("\x00", "")[:LONGEST_VALUE] for value in posted.get(name, [])[:MOST_VALUES]]
        if any(value.strip() for value in values):
            fields[name] = values
    return fields


def _names(protocol: triage.Protocol, page: triage.Page) -> list[str]:
    names = []
    for question in page.questions:
        parts = DATE_PARTS if protocol.questions[question].type == "date" else ()
        names += [f"{question}_{part}" for part in parts] or [question]
    return names
