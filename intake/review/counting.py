"""The answers that count: the patient's own, and in place of some those on the phone.

Neither is ever written over the other. The newest word of the patient to a question counts, whichever way it came.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from intake.models import Assessment, Intake, PhoneAnswer
from intake.versions.never_read import never_read
from intake.versions.protocols import assessment_now, protocol_for, what_fits

BY_PHONE = Assessment.Occasion.REVIEW


class OnThePhone:
    """What was answered on the phone about one form; `rows`: all, the newest last."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake

    @cached_property
    def rows(self) -> list[PhoneAnswer]:
        return list(PhoneAnswer.objects.of(self.intake))

    @cached_property
    def newest(self) -> dict[str, PhoneAnswer]:
        """Return by question the last that was taken, also one that says it was a mistake."""
        return _newest(self.rows)

    @cached_property
    def standing(self) -> dict[str, PhoneAnswer]:
        """Return by question the answers that count now.

        None that the patient has answered anew since, in the form.
        """
        newest = _without_mistakes(self.newest)
        changed = {change.question: change.at for change in self.intake.changes.all()} if newest else {}
        return {
            question: taken
            for question, taken in newest.items()
            if self.intake.answers.get(question) == taken.before
            and not (question in changed and changed[question] > taken.at)
        }

    @property
    def answers(self) -> dict[str, Any]:
        """Return the patient's own with these in place of theirs."""
        return self.intake.answers | {question: taken.value for question, taken in self.standing.items()}

    @cached_property
    def never_read(self) -> dict[str, set[str]]:
        """Return by question the options of which nobody has asked this patient: on the phone all are read out."""
        return {name: options for name, options in never_read(self.intake).items() if name not in self.standing}


def _newest(rows: Iterable[PhoneAnswer]) -> dict[str, PhoneAnswer]:
    return {taken.question: taken for taken in rows}


def _without_mistakes(newest: dict[str, PhoneAnswer]) -> dict[str, PhoneAnswer]:
    return {question: taken for question, taken in newest.items() if taken.value is not None}


def answers_that_count(intake: Intake) -> dict[str, Any]:
    """Return the answers to judge: those the form's protocol can read."""
    return what_fits(protocol_for(intake), OnThePhone(intake).answers)


def assessed(intake: Intake, now: datetime | None = None) -> Assessment:
    """Judge the answers that count after a call; the assessment is not stored yet."""
    found = assessment_now(intake, BY_PHONE, answers_that_count(intake))
    found.at = now or found.at
    return found


def with_the_phone(own: Assessment) -> Assessment:
    """Return the assessment that counts: `own`, or one with the phone, not stored yet."""
    return assessed(own.intake) if OnThePhone(own.intake).standing else own


def own_assessments(intake: Intake) -> QuerySet[Assessment]:
    """Return those of the patient's own answers alone, the newest last."""
    return intake.assessments.exclude(occasion=BY_PHONE)


def taken_for(assessment: Assessment) -> dict[str, PhoneAnswer]:
    """Return by question the answers of an assessment that were taken on the phone."""
    if assessment.occasion != BY_PHONE:
        return {}
    by_then = PhoneAnswer.objects.of(assessment.intake_id).filter(at__lte=assessment.at)
    answers = assessment.answers
    newest = _without_mistakes(_newest(by_then))
    return {name: taken for name, taken in newest.items() if answers.get(name) == taken.value}
