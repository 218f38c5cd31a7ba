"""Lists of options that were read while they were shorter: they are shown once more before the form is sent.

A list leaves out what cannot matter to a patient. When they change an earlier answer, something may matter after all.
"""

from typing import Any

from intake import triage
from intake.models import Intake
from intake.models.intake import LOOK_AGAIN
from intake.versions.protocols import protocol_for


def pages_to_look_at(intake: Intake, after: dict[str, Any]) -> dict[str, int]:
    """Return the saved pages on which the answers `after` list an option that was not listed before.

    On paper every option was read.
    """
    if intake.paper_code:
        return {}
    protocol = protocol_for(intake)
    grew = triage.lists_that_grew(protocol, intake.answers, after)
    pages = [page.id for page in protocol.pages if page.id in intake.pages_done and grew.intersection(page.questions)]
    return dict.fromkeys(pages, LOOK_AGAIN)


def to_look_at_again(intake: Intake) -> set[str]:
    """Return the questions that were answered without an option they list now."""
    protocol = protocol_for(intake)
    pages = [page for page in protocol.pages if intake.pages_done.get(page.id) == LOOK_AGAIN]
    if not pages:
        return set()
    lists = triage.listed_options(protocol, intake.answers).keys()
    asked = set(triage.visible_questions(protocol, intake.answers))
    return {name for page in pages for name in page.questions if name in lists and name in asked}
