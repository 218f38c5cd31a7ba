"""What was handed over, and its new holder has done nothing about since."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Case, CaseEvent, Urgency
from intake.models.case import CaseQuerySet
from intake.review.forgotten import each_case
from intake.review.opening import let_wait

Kind, Status = CaseEvent.Kind, Case.Status


def handed_to(person: User) -> CaseQuerySet:
    """Return the cases handed to this person that nothing was done about since."""
    last = CaseEvent.objects.filter(case=OuterRef("pk"), kind=Kind.HANDED_OVER, version=OuterRef("version"))
    return Case.objects.visible_to(person).awaiting_decision().filter(Exists(last), acknowledged_by=person)


def give_back(person: User, *, why: str, now: datetime | None = None) -> int:
    """Let anybody take what its new holder could not be told of; returns how many."""

    def to_anybody(case: Case, now: datetime) -> bool:
        let_wait(case, words=f"It was handed to {person}, and {why}.", now=now)
        return True

    return each_case(handed_to(person).filter(status=Status.IN_REVIEW), to_anybody, now or timezone.now())


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
    return each_case(resting, _raise_untaken, now)


def _raise_untaken(case: Case, now: datetime) -> bool:
    let_wait(case, words=f"It was handed to {case.acknowledged_by}, who has not taken it yet.", now=now)
    return True
