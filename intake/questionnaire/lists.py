"""Lists of options that were read while they were shorter: they are shown once more before the form is sent.

A list leaves out what cannot matter to a patient. When they change an earlier answer, something may matter after all;
so it may where the answer was changed in another window while a list stood open in this one.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.http import QueryDict

from intake import triage
from intake.models import Intake
from intake.models.intake import look_again
from intake.versions.arranging import known_on_file
from intake.versions.protocols import protocol_for

UNLISTED = "unlisted"  # names the hidden values by which a page says what its lists left out
Unlisted = Mapping[str, Collection[str]]  # by question the options that were not in sight


def left_out(question: triage.Question, listed: Collection[str] | None) -> list[str]:
    """Return the options a list does not hold.

    None holds all, and what stands alone is in every one.
    """
    if listed is None:
        return []
    return [name for name in question.option_ids if name not in listed and name not in question.exclusive]


def unlisted_in(posted: QueryDict) -> Unlisted:
    """Return what the lists of the page that was sent left out."""
    said = [one.split() for one in posted.getlist(UNLISTED)]
    return {name: options for name, *options in filter(None, said)}


def pages_to_look_at(intake: Intake, after: dict[str, Any], page: triage.Page, unlisted: Unlisted) -> dict[str, int]:
    """Return the pages whose lists have to be read once more with the answers `after`, as `pages_done` holds them.

    Those saved before that list now what they did not list, and `page` itself, saved as the next version, where an
    option was not in sight on it (`unlisted`) that its list holds by now. On paper every option was read.
    """
    if intake.paper_code:
        return {}
    protocol = protocol_for(intake)
    grew = triage.lists_that_grew(protocol, intake.answers, after)
    found = {
        one.id: look_again(intake.saved_at_version(one.id))
        for one in protocol.pages
        if one.id in intake.pages_done and grew.intersection(one.questions)
    }
    lists = triage.listed_options(protocol, after)
    for name in lists.keys() & unlisted.keys() & {*page.questions}:
        if set(lists[name]).intersection(unlisted[name]).difference(after.get(name, ())):
            found[page.id] = look_again(intake.version + 1)
    return found


def to_look_at_again(intake: Intake) -> set[str]:
    """Return the questions that were answered without an option they list now.

    What is confirmed from the file is none of them: every option was in sight then.
    """
    protocol = protocol_for(intake)
    pages = [page for page in protocol.pages if page.id in intake.pages_done.keys() - intake.pages_seen]
    if not pages:
        return set()
    lists = triage.listed_options(protocol, intake.answers).keys()
    asked = set(triage.visible_questions(protocol, intake.answers)) - known_on_file(intake)
    return {name for page in pages for name in page.questions if name in lists and name in asked}


def lists_longer_by_phone(intake: Intake, counted: dict[str, Any], *, asked: Collection[str]) -> list[str]:
    """Return the questions whose lists would be longer by the answers that count, and that nobody `asked` by phone.

    What was corrected on the phone may make matter what the patient never read.
    """
    if intake.paper_code:
        return []
    protocol = protocol_for(intake)
    grew = triage.lists_that_grew(protocol, intake.answers, counted)
    return [name for name in triage.visible_questions(protocol, counted) if name in grew and name not in asked]
