"""What people do with a case: raise, acknowledge, call, decide, open it again. What answers do is in `opening`.

Every function is one transaction, moves the case through `Case.move_to` and leaves an event on its timeline. Those a
person calls take `by=` and raise PermissionDenied unless that person may decide cases. All accept `now=` for the
moment they count from. On a case that has moved on since, a person's action is one of the refusals below.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from clinic.staff.permissions import DECIDE_CASES
from intake.models import Case, CaseEvent, Contact, Decision, FlagVerdict, Urgency
from intake.models.two_people import why_two
from intake.review import closing, emails, outcomes
from intake.review.alarms import see_alarms
from intake.review.holding import SomebodyElses, check_holder, pass_on
from intake.review.opening import announce, begin_again, clocks_of, drop_proposal, let_wait
from intake.review.outcomes import WhatBecomes
from intake.review.reaching import check_on_record, needs_word_of_advice, note, recorded_already

FOLLOWS = WhatBecomes()  # from whom the patient is sent to
Kind = CaseEvent.Kind
Status = Case.Status


class AlreadyAcknowledged(Exception):
    """Somebody else has the case; `case.acknowledged_by` says who."""

    def __init__(self, case: Case) -> None:
        self.case = case
        super().__init__(f"{case.acknowledged_by} has this case.")


class CaseChanged(Exception):
    """The case is not the one that was on the screen; `events` tells what happened since, oldest first."""

    def __init__(self, case: Case, events: Iterable[CaseEvent]) -> None:
        self.case, self.events = case, list(events)
        super().__init__("This case changed while you worked on it.")


class ContactFirst(Exception):
    """A call must come before this decision; see `needs_contact`."""


class AlarmsUnseen(Exception):
    """The person deciding has not said that they saw the alarming answers no rule used, as they are now."""


class NotYours(Exception):
    """A second look is another person's; a proposal is dropped by its author."""


@dataclass(frozen=True)
class Verdict:
    """What the therapist says of one flag; dismissing it takes a coded reason and words."""

    confirmed: bool = True
    reason: str = ""
    words: str = ""


# Taken by a person --------------------------------------------------------------------------------------------------


def locked(case: Case, by: User) -> Case:
    """The case, locked for somebody who may decide."""
    if not by.may(DECIDE_CASES):
        raise PermissionDenied
    return Case.objects.select_for_update().get(pk=case.pk)


@transaction.atomic
def acknowledge(case: Case, *, by: User, now: datetime | None = None) -> Case:
    """`by` takes the case. Twice by the same person is once; raises AlreadyAcknowledged when another has it."""
    now = now or timezone.now()
    case = locked(case, by)
    if case.status != Status.WAITING:
        if case.acknowledged_by == by:
            return case
        raise AlreadyAcknowledged(case)
    case.move_to(Status.IN_REVIEW, event=Kind.ACKNOWLEDGED, by=by, now=now, acknowledged_at=now, acknowledged_by=by)
    return case


@transaction.atomic
def hand_back(case: Case, *, by: User, words: str = "", now: datetime | None = None) -> Case:
    """The case waits for somebody else, not longer than its decision may; everybody is told again.

    Raises CaseChanged when it is not in the hands of `by` any more: nobody hands back what a colleague has.
    """
    now = now or timezone.now()
    case = locked(case, by)
    if case.status != Status.IN_REVIEW or case.acknowledged_by != by:
        raise CaseChanged(case, case.events.all())
    let_wait(case, by=by, words=words, now=now)
    return case


@transaction.atomic
def take_over(case: Case, *, of: UUID, words: str, by: User, now: datetime | None = None) -> Case:
    """Take the case over from a colleague, the one with the public id `of`.

    `words` say why, and the colleague is told. Its clocks go on. Raises SomebodyElses when another has it by now, and
    CaseChanged when nobody has.
    """
    now = now or timezone.now()
    case = locked(case, by)
    if case.status != Status.IN_REVIEW:
        raise CaseChanged(case, case.events.all())
    if case.acknowledged_by == by:
        return case
    if case.acknowledged_by.public_id != of:
        raise SomebodyElses(case)
    pass_on(case, words=words, by=by, now=now)
    return case


@transaction.atomic
def record_contact(
    case: Case, *, by: User, seen: int | None = None, now: datetime | None = None, **said: Any
) -> Contact:
    """Record one attempt to reach the patient, also on a decided case.

    `said` is what `reaching.note` writes down. Whoever calls about a case that nobody has, has it. In an emergency it
    moves the decision's clock. `seen` is the version of the case that was on the page: one try is recorded once,
    however often its form is sent.
    """
    now = now or timezone.now()
    case = locked(case, by)
    if there := recorded_already(case, said, by=by, seen=seen, now=now):
        return there
    if case.status == Status.WAITING:
        case = acknowledge(case, by=by, now=now)
    return note(case, by=by, now=now, **said)


@transaction.atomic
def raise_tier(case: Case, *, tier: Urgency, by: User, words: str = "", now: datetime | None = None) -> Case:
    """One action, no reason needed: the case counts as `tier` from now on. A decided case is opened again.

    Raises ValueError when `tier` is not higher than the tier that counts.
    """
    now = now or timezone.now()
    case = locked(case, by)
    tier = Urgency(tier)
    if tier <= case.urgency:
        raise ValueError(f"{tier.label} does not raise a case that is {Urgency(case.urgency).label.lower()}.")
    words = f"To {tier.label.lower()}. {words}".strip()
    if case.status == Status.DECIDED:
        begin_again(case, tier, event=Kind.RAISED_BY_STAFF, by=by, words=words, now=now)
        return case
    drop_proposal(case, f"{by} raised the tier.", now=now)
    status = Status.IN_REVIEW if case.status == Status.SECOND_LOOK else case.status
    clocks = clocks_of(case, tier, now, latest=True)
    case.move_to(status, event=Kind.RAISED_BY_STAFF, by=by, words=words, now=now, urgency=tier, **clocks)
    if case.status == Status.WAITING:
        announce(case, now)
    emails.case_is_with_you(case, by=by, now=now)
    return case


@transaction.atomic
def reopen(case: Case, *, by: User, words: str, now: datetime | None = None) -> Case:
    """Open a decided case again, in review with `by`, as urgent as the rules made it."""
    now = now or timezone.now()
    case = locked(case, by)
    if case.is_open:
        raise CaseChanged(case, case.events.all())
    outcomes.take_back(case, now=now)
    tier = max(Urgency(case.urgency), Urgency(case.rules_urgency))
    changes = {"decided_at": None, "decided_by": None, "acknowledged_at": now, "acknowledged_by": by}
    changes |= {"urgency": tier, **clocks_of(case, tier, now)}
    case.move_to(Status.IN_REVIEW, event=Kind.REOPENED, by=by, words=words, now=now, **changes)
    emails.tell_who_carries(case)
    return case


# Decided ------------------------------------------------------------------------------------------------------------


def needs_contact(case: Case) -> bool:
    """True while a call must come before a decision.

    In an emergency somebody must have been reached, or a welfare check asked for. A patient who left before the
    questions about danger must have been tried at least once. Each counts from the last news of the case.
    """
    calls = Contact.objects.since_news(case)
    if not case.screened and not calls.exists():
        return True
    if case.urgency != Urgency.EMERGENCY:
        return False
    return not calls.filter(outcome__in=Contact.SETTLES_AN_EMERGENCY).exists()


def suggestion(case: Case) -> str:
    """Specialist id the rules suggest: of the last assessment that carried the worst tier seen."""
    assessments = case.intake.assessments
    strongest = assessments.filter(urgency=case.rules_urgency).last() or assessments.last()
    return strongest.result["specialists"][0]


@transaction.atomic
def decide(
    case: Case,
    *,
    version: int,
    tier: Urgency,
    specialist: str,
    refer: bool,
    reason: str,
    words: str,
    verdicts: dict[str, Verdict],
    by: User,
    alarms_seen: UUID | None = None,
    instead_of: UUID | None = None,
    becomes: WhatBecomes = FOLLOWS,
    now: datetime | None = None,
) -> Decision:
    """What `by` decides on the case they saw at `version`.

    `verdicts` maps rule ids to Verdict; flags left out are confirmed. It takes effect at once, unless an emergency
    would end by it (`why_two`): then it waits for another therapist's second look. A case nobody had acknowledged is
    acknowledged by deciding it; one that a colleague has is taken over by it, when `instead_of` is their public id.
    Raises SomebodyElses for a colleague's case without that, CaseChanged for another version or a case that is not open
    to a decision, ContactFirst while a call must come first (`needs_contact`), NotOnRecord for what the contact log
    does not carry or a doubled form does not name, and AlarmsUnseen unless `alarms_seen` names the newest assessment
    where that one has alarming answers no rule used; that `by` saw them is put on record. The reason "agree" stands for
    the suggested specialist and the tier as it is; anything else needs words, which the database insists on. What
    becomes of the patient (`becomes`) is carried out when the decision takes effect.
    """
    now = now or timezone.now()
    case = locked(case, by)
    if case.version != version or case.status not in (Status.WAITING, Status.IN_REVIEW):
        raise CaseChanged(case, case.events.filter(version__gt=version))
    if needs_contact(case):
        raise ContactFirst
    check_holder(case, by=by, instead_of=instead_of)
    assessment = case.intake.assessments.last()
    if assessment.unused_alarms and alarms_seen != assessment.public_id:
        raise AlarmsUnseen
    after = outcomes.complete(case, becomes, tier=Urgency(tier), specialist=specialist, refer=refer, now=now)
    check_on_record(case, reason=reason, outcome=after["outcome"], uncontacted=becomes.uncontacted)
    closing.check(case, reason=reason, outcome=after["outcome"], other_intake=after["other_intake"])
    _take(case, by=by, now=now)
    seen = see_alarms(case, assessment, by=by, now=now) if assessment.unused_alarms else None
    decision = Decision(
        case=case,
        assessment=assessment,
        alarms_seen=seen,
        by=by,
        at=now,
        tier_before=case.urgency,
        tier=Urgency(tier),
        suggested_specialist=suggestion(case),
        specialist=specialist,
        refer=refer,
        reason=reason,
        words=words,
        **after,
    )
    decision.save()
    _record_verdicts(decision, verdicts)
    dismissed = {rule for rule, verdict in verdicts.items() if not verdict.confirmed}
    choice = {"tier": decision.tier, "specialist": specialist, "outcome": decision.outcome, "dismissed": dismissed}
    if why := why_two(case, **choice, advised=not needs_word_of_advice(case)):
        words = f"To {Urgency(tier).label.lower()}; {'; '.join(why)}. {words}".strip()
        case.move_to(Status.SECOND_LOOK, event=Kind.PROPOSED, by=by, words=words, now=now)
        announce(case, now)
        return decision
    decision.effective_at = now
    decision.save(update_fields=["effective_at"])
    settle(decision, event=Kind.DECIDED, by=by, words=words, now=now)
    return decision


def _take(case: Case, *, by: User, now: datetime) -> None:
    """Put the case in the hands of whoever decides it."""
    if case.status == Status.WAITING:
        acknowledge(case, by=by, now=now)
        case.refresh_from_db()
    elif case.acknowledged_by != by:
        pass_on(case, words="To decide it.", by=by, now=now)


def _record_verdicts(decision: Decision, verdicts: dict[str, Verdict]) -> None:
    rules = [flag["rule"] for flag in decision.case.flags]
    if unknown := set(verdicts) - set(rules):
        raise ValueError(f"No such flag on this case: {', '.join(sorted(unknown))}.")
    for rule in rules:
        verdict = verdicts.get(rule, Verdict())
        FlagVerdict.objects.create(
            decision=decision, rule=rule, confirmed=verdict.confirmed, reason=verdict.reason, words=verdict.words
        )


def settle(decision: Decision, *, event: str, by: User, words: str, now: datetime) -> None:
    """The case is decided as this decision says, at the moment it takes effect."""
    changes = {"urgency": decision.tier, "decided_at": now, "decided_by": decision.by}
    decision.case.move_to(Status.DECIDED, event=event, by=by, words=words, now=now, **changes)
    outcomes.carry_out(decision, now=now)
