"""A case somebody took and did not finish is not allowed to rest with them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from intake.actions.cases import announce
from intake.models import Case, CaseEvent, Urgency

PATIENCE = {  # after its decision was due, and after somebody took it
    Urgency.EMERGENCY: timedelta(minutes=15),
    Urgency.URGENT: timedelta(hours=1),
    Urgency.SOON: timedelta(days=1),
}


@transaction.atomic
def take_back_forgotten(now=None) -> int:
    """Cases in review whose decision is overdue wait for anybody again, and everybody is told; returns how many.

    Whoever takes an overdue case has the tier's patience before it is taken back once more. Safe to run by several
    workers at once.
    """
    now = now or timezone.now()
    taken = 0
    for urgency, patience in PATIENCE.items():
        since = now - patience
        overdue = Case.objects.filter(urgency=urgency, status=Case.Status.IN_REVIEW, decide_by__lt=since)
        for case in overdue.filter(acknowledged_at__lt=since).select_for_update(skip_locked=True):
            case.move_to(
                Case.Status.WAITING,
                event=CaseEvent.Kind.HANDED_BACK,
                words=f"{case.acknowledged_by} had it, and it was not decided in time.",
                now=now,
                acknowledged_at=None,
                acknowledged_by=None,
                acknowledge_by=now,
            )
            announce(case, now)
            taken += 1
    return taken
