"""The page about danger, asked on the phone: who was asked has answered all of it today."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from intake import triage
from intake.emergency.safety import STILL_TODAY, answered_at
from intake.models import Intake
from intake.review.counting import OnThePhone
from intake.versions.protocols import protocol_for


def left_open(
    intake: Intake, phone: OnThePhone, now: datetime, *, besides: Mapping[str, Any] | None = None
) -> list[str]:
    """Return the questions of the page about danger without an answer of today.

    In the form or on the phone.

    `besides`: answers that are being put on record now, None for one that was a mistake.
    """
    said = {name: value for name, value in (besides or {}).items() if value is not None}
    today = {name for name, taken in phone.standing.items() if taken.at > now - STILL_TODAY} - set(besides or ())
    own = set(intake.answers) if answered_at(intake) > now - STILL_TODAY else set()
    return [name for name in asked(intake, phone.answers | said) if name not in {*said, *today, *own}]


def asked(intake: Intake, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the questions of that page, as these answers open them."""
    protocol = protocol_for(intake)
    return triage.page_questions(protocol, triage.safety_page(protocol).id, answers).visible
