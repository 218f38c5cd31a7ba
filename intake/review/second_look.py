"""The second person: who may look, and looking. While nobody does, see `forgotten`.

Every function is one transaction and leaves an event on the timeline. What is agreed to is what stood on the page: a
case that changed since, in any way, is looked at once more.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Case, CaseEvent, Decision
from intake.models.two_people import same_person
from intake.review import closing, emails
from intake.review.actions import CaseChanged, NotYours, locked, settle
from intake.review.reaching import check_on_record

Kind, Status = CaseEvent.Kind, Case.Status


def _waiting(decision: Decision, by: User, version: int) -> Decision:
    """The decision and its case, locked; the case first, as everywhere."""
    case = locked(decision.case, by)
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise PermissionDenied
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    decision.case = case
    if not decision.waits_for_a_second_look:
        raise CaseChanged(case, case.events.filter(at__gte=decision.at))
    if case.version != version:
        raise CaseChanged(case, case.events.filter(version__gt=version))
    return decision


@transaction.atomic
def agree_second(decision: Decision, *, version: int, words: str, by: User, now: datetime | None = None) -> Decision:
    """Another therapist agrees to the case as it was at `version`; the decision takes effect.

    Raises NotYours for its author, on whichever account, CaseChanged for any other version, and NotOnRecord when the
    contact log does not carry it any more: the patient answered after all.
    """
    now = now or timezone.now()
    decision = _looked_at(decision, version, words, by, now)
    said = {"reason": decision.reason, "outcome": decision.outcome}
    check_on_record(decision.case, **said, uncontacted=decision.uncontacted)
    closing.check(decision.case, **said, other_intake=decision.other_intake)
    decision.effective_at = now
    decision.save()
    settle(decision, event=Kind.SECOND_AGREED, by=by, words=words, now=now)
    return decision


@transaction.atomic
def refuse_second(decision: Decision, *, version: int, words: str, by: User, now: datetime | None = None) -> Decision:
    """Another therapist does not agree and says why; the case is in review again.

    Raises NotYours and CaseChanged as `agree_second` does.
    """
    now = now or timezone.now()
    decision = _looked_at(decision, version, words, by, now)
    decision.refused_at = now
    decision.save()
    decision.case.move_to(Status.IN_REVIEW, event=Kind.SECOND_REFUSED, by=by, words=words, now=now)
    emails.case_is_with_you(decision.case, by=by, now=now)
    return decision


def _looked_at(decision: Decision, version: int, words: str, by: User, now: datetime) -> Decision:
    decision = _waiting(decision, by, version)
    if same_person(by, decision.by):
        raise NotYours
    decision.second_by, decision.second_at, decision.second_words = by, now, words
    return decision


@transaction.atomic
def drop_proposal(decision: Decision, *, by: User, now: datetime | None = None) -> Decision:
    """The author takes the proposal back before anybody looked. Raises NotYours for everybody else."""
    now = now or timezone.now()
    decision = _waiting(decision, by, Case.objects.get(pk=decision.case_id).version)
    if by != decision.by:
        raise NotYours
    decision.refused_at = now
    decision.save()
    decision.case.move_to(Status.IN_REVIEW, event=Kind.PROPOSAL_DROPPED, by=by, now=now)
    return decision
