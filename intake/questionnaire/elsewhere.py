"""Answers that come from a page that is arranged otherwise by now: from a second window, or by the back button.

What got worse and what is confirmed decide which questions stand together. A danger is never turned away with a page.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.http import QueryDict

from intake import triage
from intake.models import AlreadySubmitted, Intake, Urgency
from intake.questionnaire.actions import Saved, cannot_wait, save_page
from intake.questionnaire.forms import PageForm
from intake.triage import AnswerError
from intake.versions.arranging import FROM_DETAILS
from intake.versions.protocols import protocol_for, screen

Sent = dict[str, Any]


def sent_elsewhere(posted: QueryDict, intake: Intake, shown: triage.Page | None) -> tuple[Sent, Sent]:
    """Return what was sent for questions that are not on the page shown.

    First what is good, then what contradicts itself.
    """
    protocol = protocol_for(intake)
    whole = protocol.whole or protocol
    here = shown.questions if shown else ()
    names = {name.removesuffix("_day") for name in posted} & whole.questions.keys() - {*here} - FROM_DETAILS
    good: Sent = {}
    both: Sent = {}
    for page in triage.pages(whole):
        if names.intersection(page.questions):
            others = [name for name in page.questions if name not in names]
            form = PageForm(posted, protocol=whole, page_id=page.id, saved=intake.answers, language="en", known=others)
            form.is_valid()
            good |= form.given
            both |= form.contradictory
    return good, both


@transaction.atomic
def save_danger(intake: Intake, here: Sent, elsewhere: Sent, contradictory: Sent | None = None) -> Saved | None:
    """Save answers of other pages where a danger shows in them.

    Those of the page shown (`here`) count too. None when none shows; nothing was changed then. Raises AlreadySubmitted.
    """
    locked = Intake.objects.select_for_update(of=("self",)).select_related("patient__location", "protocol")
    intake = locked.get(pk=intake.pk)
    if intake.submitted_at or intake.taken_back_at:
        raise AlreadySubmitted
    without = {name: value for name, value in (intake.answers | here).items() if value is not None}
    counted, both = without | elsewhere, contradictory or {}
    counted |= triage.dangerous_readings(protocol_for(intake), counted, both, partial(screen, intake))
    if not cannot_wait(screen(intake, without), screen(intake, counted)):
        return None
    return save_where_they_stand(intake, elsewhere, contradictory=both)


def save_where_they_stand(intake: Intake, answers: Sent, *, contradictory: Sent | None = None, **more: Any) -> Saved:
    """Save answers of many pages, each on the page it belongs to.

    A saved answer may arrange the pages anew: each is looked up after the save before it. Answers that stand on no
    page, or do not fit their question, are left out.
    """
    saved = Saved(intake, Urgency(intake.urgency), newly_emergency=False)
    left, both = dict(answers), dict(contradictory or {})
    while page := _page_of(saved.intake, {*left, *both}):
        said = {name: left.pop(name) for name in page.questions if name in left}
        said = {name: value for name, value in said.items() if _fits(saved.intake, name, value)}
        beside = {name: both.pop(name) for name in page.questions if name in both}
        if said or beside:
            version = saved.intake.version
            saved = save_page(saved.intake, page.id, said, version=version, contradictory=beside, **more)
    return saved


def _page_of(intake: Intake, names: set[str]) -> triage.Page | None:
    """Return the first page that holds one of these questions."""
    return next((page for page in triage.pages(protocol_for(intake)) if names.intersection(page.questions)), None)


def _fits(intake: Intake, name: str, value: Any) -> bool:
    try:
        triage.validate_answers(protocol_for(intake), {name: value})
    except AnswerError:
        return False
    return True
