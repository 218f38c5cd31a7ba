"""Words put to a decision after it was signed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Addendum, Case, CaseEvent
from intake.review.actions import CaseChanged, locked


@transaction.atomic
def add(case: Case, *, words: str, by: User, now: datetime | None = None) -> Addendum:
    """Put words to the decision that stands.

    It stays as it was signed, and so does its letter. Sent twice, the words are put once. Raises CaseChanged for a case
    that is open: there, what is to be said is said by deciding.
    """
    now = now or timezone.now()
    case = locked(case, by)
    decision = case.decisions.exclude(effective_at=None).last()
    if case.is_open or decision is None:
        raise CaseChanged(case, case.events.all())
    last = decision.addenda.order_by("pk").last()
    if last and (last.by, last.words) == (by, words):
        return last
    addendum = Addendum.objects.create(decision=decision, words=words, by=by, at=now)
    case.move_to(case.status, event=CaseEvent.Kind.ADDED, by=by, words=words, now=now)
    return addendum
