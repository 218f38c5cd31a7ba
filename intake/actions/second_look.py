"""The second look at a decision that lowers an emergency: agreed to, refused, or taken back by its author.

As in `intake.actions.cases`: one transaction each, one event, and a case that has moved on is refused.
"""

from django.db import transaction
from django.utils import timezone

from intake.actions.cases import CaseChanged, Kind, NotYours, Status, locked, settle
from intake.models import Decision


def _waiting_for_second(decision, by) -> Decision:
    """The decision and its case, locked; the case first, as everywhere."""
    case = locked(decision.case, by)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    decision.case = case
    if not decision.waits_for_a_second_look:
        raise CaseChanged(case, case.events.filter(at__gte=decision.at))
    return decision


@transaction.atomic
def agree_second(decision, *, words, by, now=None) -> Decision:
    """Another therapist agrees; the decision takes effect. Raises NotYours for its author."""
    now = now or timezone.now()
    decision = _waiting_for_second(decision, by)
    if by == decision.by:
        raise NotYours
    decision.second_by, decision.second_at, decision.second_words = by, now, words
    decision.effective_at = now
    decision.save()
    settle(decision, event=Kind.SECOND_AGREED, by=by, words=words, now=now)
    return decision


@transaction.atomic
def refuse_second(decision, *, words, by, now=None) -> Decision:
    """Another therapist does not agree and says why; the case is in review again. Raises NotYours for its author."""
    now = now or timezone.now()
    decision = _waiting_for_second(decision, by)
    if by == decision.by:
        raise NotYours
    decision.second_by, decision.second_at, decision.second_words = by, now, words
    decision.refused_at = now
    decision.save()
    decision.case.move_to(Status.IN_REVIEW, event=Kind.SECOND_REFUSED, by=by, words=words, now=now)
    return decision


@transaction.atomic
def drop_proposal(decision, *, by, now=None) -> Decision:
    """The author takes the proposal back before anybody looked. Raises NotYours for everybody else."""
    now = now or timezone.now()
    decision = _waiting_for_second(decision, by)
    if by != decision.by:
        raise NotYours
    decision.refused_at = now
    decision.save()
    decision.case.move_to(Status.IN_REVIEW, event=Kind.PROPOSAL_DROPPED, by=by, now=now)
    return decision
