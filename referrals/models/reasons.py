"""Why: an office declined, a referral waits, a move was refused. And what came of a call."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class MoveNotAllowed(Exception):
    """Say that no such move begins where the referral is; nothing was changed."""

    def __init__(self, referral: Any, to) -> None:
        self.referral, self.to = referral, to
        super().__init__(f"A referral that is {referral.get_status_display().lower()} cannot become {to}.")


class DeclineReason(models.TextChoices):
    NOT_TAKING = "not_taking", _("Not taking new patients")
    PLAN = "plan", _("Does not take the patient's insurance plan")
    OTHER_SPECIALTY = "other_specialty", _("Another specialty fits better")
    NOT_IN_TIME = "not_in_time", _("No appointment in time")
    MORE_NEEDED = "more_needed", _("Tests or papers are needed first")
    NO_ANSWER = "no_answer", _("The office does not answer")
    OTHER = "other", _("Another reason")


class WaitsFor(models.TextChoices):
    CONSENT = "consent", "The patient's consent"
    COVERAGE = "coverage", "Coverage or an authorization"
    DATA = "data", "Papers or results"


class CameOf(models.TextChoices):
    """What came of a call, where that is no move of its own."""

    NO_ANSWER = "no_answer", "No answer"
    MESSAGE = "message", "Left a message"
    CALLS_BACK = "calls_back", "They call back"
    ON_IT = "on_it", "They are on it"
