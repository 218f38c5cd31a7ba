"""Saying how a case ended."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Case, CaseEvent, Decision, Hindsight, Urgency
from intake.review.actions import CaseChanged, locked


def decision_of(case: Case) -> Decision | None:
    """Return the decision to look back on: the one in effect, of a decided case."""
    return None if case.is_open else case.decisions.exclude(effective_at=None).last()


def newest(case: Case) -> Hindsight | None:
    """Return what counts of a case by now."""
    said = Hindsight.objects.filter(decision__case=case).select_related("by", "decision")
    return said.order_by("-at", "-pk").first()


@transaction.atomic
def look_back(
    case: Case,
    *,
    urgency: Urgency,
    specialist: str,
    group: str,
    by: User,
    by_report: bool = False,
    now: datetime | None = None,
) -> Hindsight:
    """Write down what would have been right for a case, and what it was.

    It corrects what was said before. Raises CaseChanged for a case that is open: how it ends is not known.
    """
    now = now or timezone.now()
    if not by.sees(case.location_id):
        raise PermissionDenied
    case = locked(case, by)
    decision = decision_of(case)
    if decision is None:
        raise CaseChanged(case, case.events.all())
    said = Hindsight.objects.create(
        decision=decision, urgency=urgency, specialist=specialist, group=group, by_report=by_report, by=by, at=now
    )
    case.move_to(case.status, event=CaseEvent.Kind.LOOKED_BACK, by=by, words=_in_words(said), now=now)
    return said


def _in_words(said: Hindsight) -> str:
    urgency = "right" if said.urgency_was_right else f"{said.tier.label.lower()} would have been right"
    specialist = "right" if said.specialist_was_right else "another would have been right"
    return f"Urgency: {urgency}. Specialist: {specialist}. {said.get_group_display()}."
