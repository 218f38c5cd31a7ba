"""What becomes of a patient: the outcome of a decision, what it leaves to do, and who is told.

A decision leaves what it needs when it takes effect, in the same transaction, and not while it waits for a second look.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from clinic.messages.models import Message
from intake.models import Case, Decision, DeskTask, Intake, Urgency
from intake.models.two_people import HANDLED_AT
from intake.review import emails, left_to_do, schedule
from intake.review.closing import CLOSINGS

Outcome, Reason, What = Decision.Outcome, Decision.Reason, DeskTask.What
MAIL_IS_SLOW = timedelta(days=1)  # a mail that waits longer, for a mail server that is away, tells nobody
TO_TELL = {  # what the desk tells the patient in place of a mail
    "decision_referred": "Tell them that a therapist has decided, and that we arrange what comes next. No mail does.",
    "decision_made": "Tell them that a therapist has decided, and to look at their own page. No mail does.",
    "not_reached": "Ask them to call us: we could not reach them, and no mail does.",
}


@dataclass(frozen=True)
class WhatBecomes:
    """What a therapist says becomes of the patient.

    Left out, it follows from whom the patient is sent to. `by_when`: the visit is, or the information here, by that
    day. `needs`: what information, `needs_from` whom. `other_intake`: of a doubled form, the one that goes on.
    `uncontacted`: why an urgent case is decided before anybody was reached, with words.
    """

    outcome: str = ""
    by_when: date | None = None
    needs: str = ""
    needs_from: str = ""
    other_intake: Intake | None = None
    uncontacted: str = ""
    uncontacted_words: str = ""


def outcome_of(specialist: str, *, refer: bool) -> str:
    """Return the outcome that follows from whom a patient is sent to, and how."""
    if refer:
        return Outcome.REFER
    return Outcome.ADVISED if specialist == HANDLED_AT else Outcome.TREAT


def complete(
    case: Case, said: WhatBecomes, *, tier: Urgency, specialist: str, refer: bool, now: datetime
) -> dict[str, Any]:
    """Return the fields of a decision, with the day that nobody had to say."""
    outcome = said.outcome or outcome_of(specialist, refer=refer)
    by_when = said.by_when
    if outcome == Outcome.TREAT and by_when is None:
        by_when = schedule.visit_by(tier, now, case.location.opening_hours)
    return {
        "outcome": outcome,
        "by_when": by_when if outcome in (Outcome.TREAT, Outcome.MORE) else None,
        "needs": said.needs if outcome == Outcome.MORE else "",
        "needs_from": said.needs_from if outcome == Outcome.MORE else "",
        "other_intake": said.other_intake,
        "uncontacted": said.uncontacted,
        "uncontacted_words": said.uncontacted_words,
    }


def carry_out(decision: Decision, *, now: datetime) -> None:
    """Leave to the desk what a decision in effect asks of it, and tell the patient."""
    if decision.outcome == Outcome.TREAT:
        _leave_a_visit(decision, now=now)
        _tell(decision, "decision_made", now=now)
    elif decision.outcome == Outcome.MORE:
        whom = decision.get_needs_from_display()
        left_to_do.leave(decision, What.ASK, due_on=decision.by_when, words=decision.needs, whom=whom, now=now)
        if decision.needs_from == Decision.Whom.PATIENT:  # the desk asks them in any case
            emails.tell_the_patient(decision, "more_needed")
    elif decision.outcome == Outcome.REFER:
        _tell(decision, "decision_referred", now=now)
    elif decision.outcome == Outcome.CLOSED and (mail := CLOSINGS[Reason(decision.reason)].mail):
        _tell(decision, mail, now=now)


def _leave_a_visit(decision: Decision, *, now: datetime) -> None:
    """Leave a visit to book.

    One that is booked already and comes in time settles it, for as long as it stands.
    """
    task = left_to_do.leave(decision, What.BOOK, due_on=decision.by_when, now=now)
    if visit := left_to_do.visit_in_time(task):
        left_to_do.settle(task, visit, case=decision.case, by=None, now=now)


def ask_them_to_call(decision: Decision, *, since: datetime, now: datetime) -> None:
    """Have the desk ask a patient to call us whom nobody could reach, and no mail reaches.

    Once for what ended at `since`, whatever the desk had to tell them of this decision before.
    """
    what = {"due_on": _soon(decision, now), "words": TO_TELL["not_reached"]}
    left_to_do.leave_anew(decision, What.WRITE, **what, since=since, now=now)


def ask_them_no_more(decision: Decision, *, now: datetime) -> None:
    """Take it off the desk's list: we go on trying to reach them."""
    left_to_do.leave_no_more(decision, What.WRITE, words=TO_TELL["not_reached"], now=now)


def _tell(decision: Decision, mail: str, *, now: datetime) -> None:
    """Tell the patient by mail; whom none may go to, the desk calls or writes to."""
    if not emails.tell_the_patient(decision, mail):
        _tell_by_desk(decision, mail, now=now)


def _tell_by_desk(decision: Decision, mail: str, *, now: datetime) -> None:
    left_to_do.leave(decision, What.WRITE, due_on=_soon(decision, now), words=TO_TELL[mail], now=now)


def _soon(decision: Decision, now: datetime) -> date:
    """Return the day by which the desk has told the patient."""
    location = decision.case.location
    return location.opening_hours.after_working_days(now, 1).astimezone(location.zone).date()


def may_still_go(message: Message, now: datetime) -> bool:
    """Say whether a mail waits, and has not waited for too long."""
    return message.status in Message.UNSETTLED and now - message.created_at < MAIL_IS_SLOW


def tell_instead(message: Message, *, now: datetime | None = None) -> None:
    """Leave it to the desk to tell what a mail about a decision does not.

    It never will, or it is late. In the caller's transaction. Once for each decision, and not when the case is open
    again: then nothing is decided.
    """
    now = now or timezone.now()
    if may_still_go(message, now):
        return
    case = Case.objects.select_for_update().get(public_id=message.subject_id)
    decision = case.decisions.get(public_id=message.key.rpartition(":")[2])
    if case.decided_at is not None and case.decided_at == decision.effective_at:
        _tell_by_desk(decision, message.kind, now=now)


def take_back(case: Case, *, now: datetime | None = None) -> None:
    """Drop what is not done and not told yet: the case is open again.

    That a patient has to be asked to call, because a referral ended without reaching them, is no part of the decision:
    that line stays, with these words alone.
    """
    waiting = DeskTask.objects.filter(decision__case=case, done_at=None)
    asked = waiting.filter(what=What.WRITE, words__endswith=TO_TELL["not_reached"])
    asked = asked.exclude(decision__outcome=Outcome.CLOSED)  # there the decision itself says so
    waiting.exclude(pk__in=asked.values("pk")).update(done_at=now or timezone.now(), dropped=True)
    asked.update(words=TO_TELL["not_reached"])
    emails.tell_the_patient_no_more(case)
