"""The safety check holds for the day it was answered on. A form that is gone on with later asks it once more."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from intake import triage
from intake.models import Intake
from intake.versions.protocols import protocol_for

STILL_TODAY = timedelta(hours=12)  # warning signs answered longer ago say nothing about now


def asked_again(intake: Intake) -> triage.Page | None:
    """The page of the safety check, when its answers are too old to be sent; None while they hold, or before the first.

    A form on paper is taken as it is written.
    """
    if intake.submitted_at or intake.paper_code:
        return None
    page = triage.safety_page(protocol_for(intake))
    if not any(question in intake.answers for question in page.questions):
        return None
    return page if answered_at(intake) <= timezone.now() - STILL_TODAY else None


def answered_at(intake: Intake) -> datetime:
    """Return when the safety check was last answered; of a form from before that was kept, when it was begun."""
    return intake.safety_answered_at or intake.started_at


def shown_on(intake: Intake, page: triage.Page) -> dict[str, Any]:
    """The saved answers as `page` shows them: where it is asked again, one that says "none of these" or "not sure" is
    given anew. A danger that was told stays checked.
    """
    if page != asked_again(intake):
        return intake.answers
    questions = protocol_for(intake).questions
    calm = [name for name in page.questions if _stands_alone(questions[name], intake.answers.get(name))]
    return {name: value for name, value in intake.answers.items() if name not in calm}


def _stands_alone(question: triage.Question, value: Any) -> bool:
    return isinstance(value, list) and set(value) <= set(question.exclusive)
