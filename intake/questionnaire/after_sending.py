"""A page of questions that comes when the form was sent already: from a second tab, another device, the back button.

What was sent belongs to the therapists and does not change. A danger is never turned away with it.
"""

from functools import partial
from typing import Any

from django.db import transaction

from intake import triage
from intake.models import Intake
from intake.questionnaire.actions import Saved
from intake.questionnaire.elsewhere import save_where_they_stand
from intake.questionnaire.lists import Unlisted
from intake.returning.actions import start_worse_after
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
    # a newer protocol may ask these questions on other pages
    return save_where_they_stand(worse, answers, contradictory=contradictory, unlisted=unlisted)
