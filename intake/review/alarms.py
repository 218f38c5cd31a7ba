"""Alarming answers that no fired rule used: as a case keeps them, and that who decides has seen them."""

from collections.abc import Mapping
from datetime import datetime

from clinic.staff.models import User
from intake import triage
from intake.models import AlarmsSeen, Assessment, Case, CaseEvent
from intake.models.stored import CaseAlarm, StoredAlarm
from intake.versions.protocols import readable


def alarms_after(assessment: Assessment) -> list[CaseAlarm]:
    """`Case.unused_alarms` after an assessment: what it left unused, each with the answer in English as `said`."""
    if not assessment.unused_alarms:
        return []
    questions = (readable(assessment.protocol) or triage.shipped()).questions
    return [{**alarm, "said": _said(questions, alarm)} for alarm in assessment.unused_alarms]


def _said(questions: Mapping[str, triage.Question], alarm: StoredAlarm) -> str:
    question = questions.get(alarm["question"])
    labels = {option.id: option.label for option in question.options} if question else {}
    return labels.get(alarm["value"], alarm["value"])


def in_words(alarms: list[CaseAlarm]) -> str:
    """One line of the timeline; empty when there are none."""
    return f"Danger signs no rule used: {'; '.join(alarm['said'] for alarm in alarms)}" if alarms else ""


def see_alarms(case: Case, assessment: Assessment, *, by: User, now: datetime) -> AlarmsSeen:
    """Record that `by` has seen what this assessment left unused, in the caller's transaction. Twice is once."""
    seen, first = AlarmsSeen.objects.get_or_create(
        assessment=assessment, by=by, defaults={"at": now, "alarms": assessment.unused_alarms}
    )
    if first:
        words = "; ".join(alarm["said"] for alarm in alarms_after(assessment))
        case.move_to(case.status, event=CaseEvent.Kind.ALARMS_SEEN, by=by, words=words, now=now)
    return seen
