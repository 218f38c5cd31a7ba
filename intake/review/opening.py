"""What answers do to a case: they open it, raise it, and open it again after its decision. They never lower it.

Everything runs in the caller's transaction, moves the case through `Case.move_to` and leaves an event on its timeline.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Assessment, Case, CaseEvent, Intake, Urgency
from intake.models.stored import CaseAlarm
from intake.review import emails, outcomes, schedule
from intake.review.alarms import alarms_after, in_words
from intake.review.counting import with_the_phone
from intake.review.flags import flags_after, fresh_of
from intake.versions.protocols import same_dangers

Kind = CaseEvent.Kind
Status = Case.Status


@transaction.atomic(savepoint=False)  # what fails in it fails the caller's
def open_case(
    intake: Intake, assessment: Assessment, *, because: str, words: str = "", now: datetime | None = None
) -> Case:
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
    earlier = intake.assessments.filter(pk__lt=assessment.pk).last()
    counts = with_the_phone(assessment)
    if counts is not assessment:
        counts.save()
    sent = because == Case.OpenedBecause.SUBMITTED and not case.events.filter(kind=Kind.SUBMITTED).exists()
    take_up(case, counts, earlier=earlier, sent=sent, now=now)
    if sent:
        case.move_to(case.status, event=Kind.SUBMITTED, now=now)
    return case


def take_up(
    case: Case,
    assessment: Assessment,
    *,
    earlier: Assessment | None,
    now: datetime,
    sent: bool = False,
    by: User | None = None,
) -> None:
    """Bring a locked case up to the assessment that counts now.

    `earlier` is the one that did until now. `sent`: the form was sent with it. `by`: who keyed in answers on the phone;
    what raises the case or opens it again is the patient's word all the same, and news to whoever keyed it in: what
    the patient was told before does not answer it.
    """
    flags = flags_after(case.flags, assessment)
    fresh = fresh_of(flags, case, assessment, earlier=earlier)
    found = Urgency(assessment.urgency)
    alarms, before = alarms_after(assessment), case.unused_alarms
    alarming = [alarm for alarm in alarms if alarm not in before]
    case.unused_alarms = alarms  # the clocks read them
    changes: dict[str, Any] = {"flags": flags, "rules_urgency": max(case.rules_urgency, found), "unused_alarms": alarms}
    words = "; ".join(filter(None, [*(flag["condition"] for flag in fresh), in_words(alarming)]))
    if case.status == Status.DECIDED and (fresh or alarming or sent):
        urgency = Urgency(max(case.urgency, found) if fresh else case.urgency)
        words = words or "The form was sent after the decision."
        begin_again(case, urgency, event=Kind.REOPENED, words=words, now=now, **changes)
    elif case.status != Status.DECIDED and found > case.urgency:
        begin_again(case, found, event=Kind.RAISED, words=words, now=now, **changes)
    elif fresh or alarming:
        drop_proposal(case, "New answers came in.", now=now)
        back = Status.IN_REVIEW if case.status == Status.SECOND_LOOK else case.status
        changes |= clocks_of(case, Urgency(case.urgency), now, latest=True) if alarming else {}
        case.move_to(back, event=Kind.NEW_FLAG, by=by, words=words, now=now, **changes)
        emails.case_is_with_you(case, by=by, now=now)
    else:
        _note(case, assessment, earlier=earlier, before=before, now=now, by=by, **changes)


def _note(
    case: Case,
    assessment: Assessment,
    *,
    earlier: Assessment | None,
    before: list[CaseAlarm],
    now: datetime,
    by: User | None,
    **changes: Any,
) -> None:
    """Note what asks nothing new of anybody: what no longer fires or alarms, and other answers by which flags fire.

    `before`: the unused alarms the case had.
    """
    flags, alarms = changes["flags"], changes["unused_alarms"]
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
    case.move_to(case.status, event=Kind.ANSWER_CHANGED, by=by, words=words, now=now, **changes)


def _open(intake: Intake, assessment: Assessment, *, because: str, words: str, now: datetime) -> Case:
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
    for name, value in clocks_of(case, urgency, now).items():
        setattr(case, name, value)
    conditions = [flag["condition"] for flag in case.flags]
    words = "; ".join(filter(None, [words, *conditions, in_words(case.unused_alarms)]))
    sent = [(Kind.SUBMITTED, "")] if because == Case.OpenedBecause.SUBMITTED else []
    case.begin((Kind.OPENED, words), *sent, now=now)
    announce(case, now)
    return case


def clocks_of(case: Case, urgency: Urgency, now: datetime, *, latest: bool = False) -> dict[str, Any]:
    """Return both clocks of the tier from `now`; with `latest` they may come forward but never go back."""
    hours = case.location.opening_hours
    screened = case.screened and not case.unused_alarms
    clocks = {
        "acknowledge_by": schedule.acknowledge_by(urgency, now, hours, screened=screened),
        "decide_by": schedule.decide_by(urgency, now, hours, screened=screened),
    }
    return {name: min(due, getattr(case, name)) for name, due in clocks.items()} if latest else clocks


def begin_again(
    case: Case, urgency: Urgency, *, event: str, words: str, now: datetime, by: User | None = None, **changes: Any
) -> None:
    """Back to the top of the queue under new clocks; whoever had it is told with everybody else."""
    drop_proposal(case, "New answers came in.", now=now)
    was_decided = not case.is_open
    if was_decided:  # what was lowered by a decision is as the rules made it, now that it is decided anew
        outcomes.take_back(case, now=now)
        urgency = max(urgency, Urgency(case.rules_urgency))
    clocks = clocks_of(case, urgency, now, latest=case.is_open)
    changes |= {"urgency": urgency, "acknowledged_at": None, "acknowledged_by": None, **clocks}
    changes |= {"decided_at": None, "decided_by": None}
    case.move_to(Status.WAITING, event=event, by=by, words=words, now=now, **changes)
    announce(case, now)
    if was_decided:
        emails.tell_who_carries(case)


def let_wait(case: Case, *, words: str, now: datetime, by: User | None = None) -> None:
    """Let the case wait for anybody again, and tell everybody.

    Not longer than its decision may.
    """
    clock = clocks_of(case, Urgency(case.urgency), now)["acknowledge_by"]
    changes = {"acknowledged_at": None, "acknowledged_by": None, "acknowledge_by": min(clock, case.decide_by)}
    case.move_to(Status.WAITING, event=Kind.HANDED_BACK, by=by, words=words, now=now, **changes)
    announce(case, now)


def drop_proposal(case: Case, words: str, *, now: datetime) -> None:
    case.decisions.filter(effective_at=None, refused_at=None).update(refused_at=now, second_words=words)


def announce(case: Case, now: datetime) -> None:
    """Tell the therapists that the case waits for one of them.

    A routine case is only listed until its time is over.
    """
    late = case.acknowledge_by <= now
    if case.urgency >= Urgency.SOON or late or case.status == Status.SECOND_LOOK:
        emails.case_needs_you(case, now=now)
