"""What happens to a case: opened, raised, acknowledged, called about, decided, looked at by a second person.

Every function is one transaction, moves the case through `Case.move_to` and leaves an event on its timeline. Those a
person calls take `by=` and raise PermissionDenied unless that person may decide cases. All accept `now=` for the
moment they count from. On a case that has moved on since, a person's action is one of the refusals below.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.staff.permissions import DECIDE_CASES
from intake.models import Assessment, Case, CaseEvent, Contact, Decision, FlagVerdict, Urgency
from intake.models.two_people import why_two
from intake.review import emails, schedule
from intake.review.alarms import alarms_after, in_words, see_alarms
from intake.review.flags import flags_after, fresh_of
from intake.versions.protocols import same_dangers

Kind = CaseEvent.Kind
Status = Case.Status


class AlreadyAcknowledged(Exception):
    """Somebody else has the case; `case.acknowledged_by` says who."""

    def __init__(self, case):
        self.case = case
        super().__init__(f"{case.acknowledged_by} has this case.")


class CaseChanged(Exception):
    """The case is not the one that was on the screen; `events` tells what happened since, oldest first."""

    def __init__(self, case, events):
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


# Opened and changed by answers --------------------------------------------------------------------------------------


@transaction.atomic
def open_case(intake, assessment: Assessment, *, because, words="", now=None) -> Case:
    """The case of this intake after `assessment`, in the caller's transaction; safe to call after every page.

    Opens it with the clocks of its tier. An open case is raised when a worse tier fired, and its flags grow; what
    once fired stays until a person decides. A decided case is opened again when a flag fired that the decision did
    not see, one that had gone, or one of a worse tier than before; when an alarming answer came that no rule used; and
    when the form is sent after it. The same flags by other answers are noted. Answers never lower a tier. `because` is
    a `Case.OpenedBecause`; `words` open the timeline. Whoever reports getting worse counts as soon at least.
    """
    now = now or timezone.now()
    case = Case.objects.select_for_update().filter(intake=intake).first()
    if case is None:
        return _open(intake, assessment, because=because, words=words, now=now)
    flags = flags_after(case.flags, assessment)
    fresh = fresh_of(flags, case, assessment)
    found = Urgency(assessment.urgency)
    alarms, before = alarms_after(assessment), case.unused_alarms
    alarming = [alarm for alarm in alarms if alarm not in before]
    case.unused_alarms = alarms  # the clocks read them
    changes = {"flags": flags, "rules_urgency": max(case.rules_urgency, found), "unused_alarms": alarms}
    words = "; ".join(filter(None, [*(flag["condition"] for flag in fresh), in_words(alarming)]))
    sent = because == Case.OpenedBecause.SUBMITTED and not case.events.filter(kind=Kind.SUBMITTED).exists()
    if case.status == Status.DECIDED and (fresh or alarming or sent):
        urgency = max(case.urgency, found) if fresh else case.urgency
        words = words or "The form was sent after the decision."
        _begin_again(case, urgency, event=Kind.REOPENED, words=words, now=now, **changes)
    elif case.status != Status.DECIDED and found > case.urgency:
        _begin_again(case, found, event=Kind.RAISED, words=words, now=now, **changes)
    elif fresh or alarming:
        _drop_proposal(case, "New answers came in.", now=now)
        back = Status.IN_REVIEW if case.status == Status.SECOND_LOOK else case.status
        changes |= _clocks(case, Urgency(case.urgency), now, latest=True) if alarming else {}
        case.move_to(back, event=Kind.NEW_FLAG, words=words, now=now, **changes)
    else:
        _note(case, assessment, before=before, now=now, **changes)
    if sent:
        case.move_to(case.status, event=Kind.SUBMITTED, now=now)
    return case


def _note(case, assessment, *, before, now, **changes) -> None:
    """Note what asks nothing new of anybody: what no longer fires or alarms, and other answers by which flags fire.

    `before`: the unused alarms the case had.
    """
    flags, alarms = changes["flags"], changes["unused_alarms"]
    earlier = case.intake.assessments.filter(pk__lt=assessment.pk).last()
    gone = [flag["condition"] for flag in flags if not flag["still"] and flag not in case.flags]
    calm = [alarm["said"] for alarm in before if alarm not in alarms]
    if gone:
        words = f"No longer fires: {'; '.join(gone)}"
    elif calm:
        words = f"No longer a danger sign no rule used: {'; '.join(calm)}"
    elif not same_dangers(earlier, assessment):
        words = f"Fires by other answers: {'; '.join(flag['condition'] for flag in flags if flag['still'])}"
    else:
        Case.objects.filter(pk=case.pk).update(flags=flags)  # the same flags, by the newest answers
        return
    case.move_to(case.status, event=Kind.ANSWER_CHANGED, words=words, now=now, **changes)


def _open(intake, assessment, *, because, words, now) -> Case:
    found = Urgency(assessment.urgency)
    urgency = max(found, Urgency.SOON) if because == Case.OpenedBecause.WORSE else found
    patient = intake.patient
    case = Case(
        intake=intake,
        patient=patient,
        location=patient.location,
        opened_because=because,
        rules_urgency=found,
        urgency=urgency,
        flags=flags_after([], assessment),
        unused_alarms=alarms_after(assessment),
        opened_at=now,
    )
    for name, value in _clocks(case, urgency, now).items():
        setattr(case, name, value)
    case.save()
    conditions = [flag["condition"] for flag in case.flags]
    words = "; ".join(filter(None, [words, *conditions, in_words(case.unused_alarms)]))
    case.move_to(Status.WAITING, event=Kind.OPENED, words=words, now=now)
    if because == Case.OpenedBecause.SUBMITTED:
        case.move_to(Status.WAITING, event=Kind.SUBMITTED, now=now)
    announce(case, now)
    return case


def _clocks(case, urgency, now, *, latest=False) -> dict:
    """Both clocks of the tier from `now`; with `latest` they may come forward but never go back."""
    hours = case.location.opening_hours
    screened = case.screened and not case.unused_alarms
    clocks = {
        "acknowledge_by": schedule.acknowledge_by(urgency, now, hours, screened=screened),
        "decide_by": schedule.decide_by(urgency, now, hours, screened=screened),
    }
    return {name: min(due, getattr(case, name)) for name, due in clocks.items()} if latest else clocks


def _begin_again(case, urgency, *, event, words, now, by=None, **changes) -> None:
    """Back to the top of the queue under new clocks; whoever had it is told with everybody else."""
    _drop_proposal(case, "New answers came in.", now=now)
    clocks = _clocks(case, urgency, now, latest=case.is_open)
    changes |= {"urgency": urgency, "acknowledged_at": None, "acknowledged_by": None, **clocks}
    changes |= {"decided_at": None, "decided_by": None}
    case.move_to(Status.WAITING, event=event, by=by, words=words, now=now, **changes)
    announce(case, now)


def _drop_proposal(case, words, *, now) -> None:
    case.decisions.filter(effective_at=None, refused_at=None).update(refused_at=now, second_words=words)


def announce(case, now) -> None:
    """Tell the therapists that the case waits for one of them; routine cases are only listed, second looks never."""
    if case.urgency >= Urgency.SOON or case.status == Status.SECOND_LOOK:
        emails.case_needs_you(case, now=now)


# Taken by a person --------------------------------------------------------------------------------------------------


def locked(case, by) -> Case:
    """The case, locked for somebody who may decide."""
    if not by.may(DECIDE_CASES):
        raise PermissionDenied
    return Case.objects.select_for_update().get(pk=case.pk)


@transaction.atomic
def acknowledge(case, *, by, now=None) -> Case:
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
def hand_back(case, *, by, words="", now=None) -> Case:
    """The case waits for somebody else, not longer than its decision may; everybody is told again."""
    now = now or timezone.now()
    case = locked(case, by)
    if case.status != Status.IN_REVIEW:
        raise CaseChanged(case, case.events.all())
    clock = _clocks(case, Urgency(case.urgency), now)["acknowledge_by"]
    changes = {"acknowledged_at": None, "acknowledged_by": None, "acknowledge_by": min(clock, case.decide_by)}
    case.move_to(Status.WAITING, event=Kind.HANDED_BACK, by=by, words=words, now=now, **changes)
    announce(case, now)
    return case


@transaction.atomic
def record_contact(case, *, outcome, safety_advice_given, words, by, now=None) -> Contact:
    """One attempt to reach the patient, also on a decided case. In an emergency it moves the decision's clock.

    Whoever calls about a case that nobody has, has it.
    """
    now = now or timezone.now()
    case = locked(case, by)
    if case.status == Status.WAITING:
        case = acknowledge(case, by=by, now=now)
    contact = Contact.objects.create(
        case=case, outcome=outcome, safety_advice_given=safety_advice_given, words=words, by=by, at=now
    )
    reached = outcome in Contact.SETTLES_AN_EMERGENCY
    due = schedule.after_contact(Urgency(case.urgency), case.decide_by, now, reached=reached)
    told = [contact.get_outcome_display(), "Safety advice given" if safety_advice_given else "", words]
    case.move_to(case.status, event=Kind.CONTACT, by=by, words=". ".join(filter(None, told)), now=now, decide_by=due)
    return contact


@transaction.atomic
def raise_tier(case, *, tier, by, words="", now=None) -> Case:
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
        _begin_again(case, tier, event=Kind.RAISED_BY_STAFF, by=by, words=words, now=now)
        return case
    _drop_proposal(case, f"{by} raised the tier.", now=now)
    status = Status.IN_REVIEW if case.status == Status.SECOND_LOOK else case.status
    clocks = _clocks(case, tier, now, latest=True)
    case.move_to(status, event=Kind.RAISED_BY_STAFF, by=by, words=words, now=now, urgency=tier, **clocks)
    if case.status == Status.WAITING:
        announce(case, now)
    return case


@transaction.atomic
def reopen(case, *, by, words, now=None) -> Case:
    """A decided case is in review again, with `by`, under a new clock of its tier."""
    now = now or timezone.now()
    case = locked(case, by)
    if case.is_open:
        raise CaseChanged(case, case.events.all())
    changes = {"decided_at": None, "decided_by": None, "acknowledged_at": now, "acknowledged_by": by}
    changes |= _clocks(case, Urgency(case.urgency), now)
    case.move_to(Status.IN_REVIEW, event=Kind.REOPENED, by=by, words=words, now=now, **changes)
    return case


# Decided ------------------------------------------------------------------------------------------------------------


def needs_contact(case) -> bool:
    """True while a call must come before a decision.

    In an emergency somebody must have been reached (or a welfare check asked for) since the answers last raised or
    reopened it. A patient who left before the questions about danger must have been tried at least once.
    """
    if not case.screened and not case.contacts.exists():
        return True
    if case.urgency != Urgency.EMERGENCY:
        return False
    since = case.events.filter(kind__in=(Kind.OPENED, Kind.RAISED, Kind.REOPENED), by=None).last()
    calls = case.contacts.filter(outcome__in=Contact.SETTLES_AN_EMERGENCY)
    return not (calls.filter(at__gte=since.at) if since else calls).exists()


def suggestion(case) -> str:
    """Specialist id the rules suggest: of the last assessment that carried the worst tier seen."""
    assessments = case.intake.assessments
    strongest = assessments.filter(urgency=case.rules_urgency).last() or assessments.last()
    return strongest.result["specialists"][0]


@transaction.atomic
def decide(
    case, *, version, tier, specialist, refer, reason, words, verdicts, by, alarms_seen=None, now=None
) -> Decision:
    """What `by` decides on the case they saw at `version`.

    `verdicts` maps rule ids to Verdict; flags left out are confirmed. It takes effect at once, unless an emergency
    would end by it (`why_two`): then it waits for another therapist's second look. A case nobody had acknowledged is
    acknowledged by deciding it. Raises CaseChanged for another version or a case that is not open to a decision,
    ContactFirst while a call must come first (`needs_contact`), and AlarmsUnseen unless `alarms_seen` names the newest
    assessment where that one has alarming answers no rule used; that `by` saw them is put on record. The reason "agree"
    stands for the suggested specialist and the tier as it is; anything else needs words, which the database insists on.
    """
    now = now or timezone.now()
    case = locked(case, by)
    if case.version != version or case.status not in (Status.WAITING, Status.IN_REVIEW):
        raise CaseChanged(case, case.events.filter(version__gt=version))
    if needs_contact(case):
        raise ContactFirst
    assessment = case.intake.assessments.last()
    if assessment.unused_alarms and alarms_seen != assessment.public_id:
        raise AlarmsUnseen
    if case.status == Status.WAITING:
        acknowledge(case, by=by, now=now)
        case.refresh_from_db()
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
    )
    decision.save()
    _record_verdicts(decision, verdicts)
    dismissed = {rule for rule, verdict in verdicts.items() if not verdict.confirmed}
    if why := why_two(case, tier=decision.tier, specialist=specialist, dismissed=dismissed):
        words = f"To {Urgency(tier).label.lower()}; {'; '.join(why)}. {words}".strip()
        case.move_to(Status.SECOND_LOOK, event=Kind.PROPOSED, by=by, words=words, now=now)
        announce(case, now)
        return decision
    decision.effective_at = now
    decision.save(update_fields=["effective_at"])
    settle(decision, event=Kind.DECIDED, by=by, words=words, now=now)
    return decision


def _record_verdicts(decision, verdicts) -> None:
    rules = [flag["rule"] for flag in decision.case.flags]
    if unknown := set(verdicts) - set(rules):
        raise ValueError(f"No such flag on this case: {', '.join(sorted(unknown))}.")
    for rule in rules:
        verdict = verdicts.get(rule, Verdict())
        FlagVerdict.objects.create(
            decision=decision, rule=rule, confirmed=verdict.confirmed, reason=verdict.reason, words=verdict.words
        )


def settle(decision, *, event, by, words, now) -> None:
    """The case is decided as this decision says, at the moment it takes effect."""
    changes = {"urgency": decision.tier, "decided_at": now, "decided_by": decision.by}
    decision.case.move_to(Status.DECIDED, event=event, by=by, words=words, now=now, **changes)
