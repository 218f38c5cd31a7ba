"""The second person: who may look, and looking. While nobody does, see `forgotten`.

Every function is one transaction and leaves an event on the timeline. What is agreed to is what stood on the page: a
case that changed since, in any way, is looked at once more.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from intake.models import Case, CaseEvent, Decision
from intake.models.two_people import same_person
from intake.review.actions import CaseChanged, NotYours, locked, settle

Kind, Status = CaseEvent.Kind, Case.Status


def _waiting(decision, by, version) -> Decision:
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
def agree_second(decision, *, version, words, by, now=None) -> Decision:
    """Another therapist agrees to the case as it was at `version`; the decision takes effect.

    Raises NotYours for its author, on whichever account, and CaseChanged for any other version.
    """
    now = now or timezone.now()
    decision = _looked_at(decision, version, words, by, now)
    decision.effective_at = now
    decision.save()
    settle(decision, event=Kind.SECOND_AGREED, by=by, words=words, now=now)
    return decision


@transaction.atomic
def refuse_second(decision, *, version, words, by, now=None) -> Decision:
    """Another therapist does not agree and says why; the case is in review again. Raises what `agree_second` does."""
    now = now or timezone.now()
    decision = _looked_at(decision, version, words, by, now)
    decision.refused_at = now
    decision.save()
    decision.case.move_to(Status.IN_REVIEW, event=Kind.SECOND_REFUSED, by=by, words=words, now=now)
    return decision


def _looked_at(decision, version, words, by, now) -> Decision:
    decision = _waiting(decision, by, version)
    if same_person(by, decision.by):
        raise NotYours
    decision.second_by, decision.second_at, decision.second_words = by, now, words
    return decision


@transaction.atomic
def drop_proposal(decision, *, by, now=None) -> Decision:
    """The author takes the proposal back before anybody looked. Raises NotYours for everybody else."""
    now = now or timezone.now()
    decision = _waiting(decision, by, Case.objects.get(pk=decision.case_id).version)
    if by != decision.by:
        raise NotYours
    decision.refused_at = now
    decision.save()
    decision.case.move_to(Status.IN_REVIEW, event=Kind.PROPOSAL_DROPPED, by=by, now=now)
    return decision
