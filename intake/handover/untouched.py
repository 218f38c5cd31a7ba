"""What was handed over, and its new holder has done nothing about since."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Case, CaseEvent, Urgency
from intake.models.case import CaseQuerySet
from intake.review.opening import let_wait

Kind, Status = CaseEvent.Kind, Case.Status


def handed_to(person: User) -> CaseQuerySet:
    """Return the cases handed to this person that nothing was done about since."""
    last = CaseEvent.objects.filter(case=OuterRef("pk"), kind=Kind.HANDED_OVER, version=OuterRef("version"))
    return Case.objects.visible_to(person).awaiting_decision().filter(Exists(last), acknowledged_by=person)


@transaction.atomic
def give_back(person: User, *, why: str, now: datetime | None = None) -> int:
    """Let anybody take what its new holder could not be told of; returns how many."""
    now = now or timezone.now()
    untouched = list(handed_to(person).filter(status=Status.IN_REVIEW).select_for_update(of=("self",)))
    for case in untouched:
        let_wait(case, words=f"It was handed to {person}, and {why}.", now=now)
    return len(untouched)


def raise_untaken(now: datetime | None = None) -> int:
    """Let anybody take emergencies whose new holder has done nothing yet.

    Returns how many. Such a case was handed over while it waited for a second look, which was refused since.
    """
    now = now or timezone.now()
    emergency = Q(urgency=Urgency.EMERGENCY) | Q(rules_urgency=Urgency.EMERGENCY)
    acted = CaseEvent.objects.filter(
        case=OuterRef("case"), pk__gt=OuterRef("pk"), by=OuterRef(OuterRef("acknowledged_by"))
    )
    over = CaseEvent.objects.filter(~Exists(acted), case=OuterRef("pk"), kind=Kind.HANDED_OVER)
    resting = Case.objects.filter(emergency, Exists(over), status=Status.IN_REVIEW)
    raised = 0
    for pk in resting.values_list("pk", flat=True):
        with transaction.atomic():
            case = resting.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if case is not None:
                words = f"It was handed to {case.acknowledged_by}, who has not taken it yet."
                let_wait(case, words=words, now=now)
                raised += 1
    return raised
