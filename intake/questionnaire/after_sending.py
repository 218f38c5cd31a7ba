"""A page of questions that comes when the form was sent already: from a second tab, another device, the back button.

What was sent belongs to the therapists and does not change. A danger is never turned away with it.
"""

from functools import partial
from typing import Any

from django.db import transaction

from intake import triage
from intake.models import Intake, Urgency
from intake.questionnaire.actions import Saved, save_page
from intake.questionnaire.lists import Unlisted
from intake.returning.actions import start_worse_after
from intake.triage import AnswerError
from intake.versions.protocols import protocol_for, screen

WORDS = "Answers with a danger came after the form was sent."


@transaction.atomic
def page_after_sending(
    intake: Intake,
    page_id: str,
    answers: dict[str, Any],
    *,
    contradictory: dict[str, Any] | None = None,
    unlisted: Unlisted | None = None,
    by_sender: bool = True,
) -> Saved | None:
    """Take the answers of a page for a report of getting worse when a danger shows in them that the form did not have.

    They are saved in the intake that asks about getting worse, and its case is open: see `start_worse_after`. None
    when no new danger shows; nothing was changed then. Answers are as for `save_page`.
    """
    sent = Intake.objects.select_related("patient__location", "protocol").get(pk=intake.pk)
    protocol, contradictory = protocol_for(sent), contradictory or {}
    after = {name: value for name, value in sent.answers.items() if name not in answers}
    after |= triage.validate_answers(protocol, answers)
    after |= triage.dangerous_readings(protocol, after, contradictory, partial(screen, sent))
    if not triage.dangers(screen(sent, after)) - triage.dangers(screen(sent, sent.answers)):
        return None
    worse = start_worse_after(sent, words=WORDS, by_sender=by_sender)
    saved = Saved(worse, Urgency(worse.urgency), newly_emergency=False)
    for page in triage.pages(protocol_for(worse)):  # a newer protocol may ask these questions on other pages
        said = {name: answers[name] for name in page.questions if name in answers and _fits(worse, name, answers[name])}
        both = {name: contradictory[name] for name in page.questions if name in contradictory}
        if said or both:
            saved = save_page(worse, page.id, said, version=saved.intake.version, contradictory=both, unlisted=unlisted)
    return saved


def _fits(intake: Intake, name: str, value: Any) -> bool:
    try:
        triage.validate_answers(protocol_for(intake), {name: value})
    except AnswerError:
        return False
    return True
