"""Where a patient stands on the way: the step, out of six in one order, and about how many minutes are left.

The step is told from the contact details to the signature, the minutes from the first page that knows of whom. Neither
the number of steps nor that of minutes grows on the way. Pages about the problem say which place they are about.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from intake import triage
from intake.models import Intake
from intake.versions.protocols import protocol_for

BEFORE_THE_QUESTIONS, CHECKING, SIGNING = 75, 30, 45  # seconds: who it is, the folded answers, documents and a name
AROUND_THE_QUESTIONS = BEFORE_THE_QUESTIONS + CHECKING + SIGNING
MARKED, MAIN, ALL_EQUAL = "pain_regions", "main_problem_area", "all_equal"
NAMED_AT_MOST = 2  # places; more would be a list to read, on page after page
MOST_PEOPLE = (13, 17)  # minutes from the first page to the last; a test holds them to ordinary patients


@dataclass(frozen=True)
class OnTheWay:
    """One of the steps of a form, with its title in the patient's language."""

    number: int
    of: int
    title: str


def place_on_the_way(intake: Intake, here: triage.Page, language: str) -> dict[str, Any]:
    """Return what a page of questions says of its place.

    Whoever got worse is told no minutes: they are asked much less than the whole form, and how much is not known yet.
    """
    protocol = protocol_for(intake)
    left = None
    if intake.occasion != Intake.Occasion.WORSE:
        left = triage.minutes_left(protocol, intake.answers, here, and_then=CHECKING + SIGNING)
    return {
        "step": step_of(protocol, here, language),
        "minutes_left": left,
        "about": place_asked_about(intake, here, language),
    }


def place_asked_about(intake: Intake, here: triage.Page, language: str) -> str:
    """Return the place that a page about the problem asks about, in words.

    Empty where it is about the whole person.

    Of many marked places it is the one that bothers most.
    """
    protocol = protocol_for(intake)
    marking = next(page for page in (protocol.whole or protocol).pages if MARKED in page.questions)
    same_step = step_of(protocol, marking, language) == step_of(protocol, here, language)
    marked, most = intake.answers.get(MARKED, []), intake.answers.get(MAIN)
    if here == marking or not same_step or not protocol.steps:
        return ""
    if 0 < len(marked) <= NAMED_AT_MOST:
        return str(triage.display(protocol, MARKED, marked, language))
    if most and most != ALL_EQUAL:
        return str(triage.display(protocol, MAIN, most, language))
    return ""


def step_of(protocol: triage.Protocol, page: triage.Page, language: str) -> OnTheWay | None:
    """Return the step a page belongs to.

    None in a protocol from before there were steps.
    """
    for number, step in enumerate(protocol.steps, start=1):
        if page.section in step.sections:
            return OnTheWay(number, len(protocol.steps) + 1, str(step.title_in(language)))
    return None


def first_step(language: str) -> OnTheWay | None:
    """Return the step of the pages before the questions: it is that of the safety check."""
    protocol = triage.shipped()
    return step_of(protocol, triage.safety_page(protocol), language)


def last_step(intake: Intake) -> OnTheWay | None:
    """Return the step of checking, signing and sending."""
    steps = len(protocol_for(intake).steps)
    return OnTheWay(steps + 1, steps + 1, _("Check and send")) if steps else None
