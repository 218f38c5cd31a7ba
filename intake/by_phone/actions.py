"""Take answers on the phone: beside the patient's own, never over them.

Every function is one transaction. `by` is the therapist who acts.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from intake import triage
from intake.by_phone.danger_page import left_open
from intake.models import Case, Contact, Intake, PhoneAnswer
from intake.questionnaire.actions import cannot_wait
from intake.review.actions import acknowledge, locked
from intake.review.counting import OnThePhone, answers_that_count, assessed
from intake.review.opening import take_up
from intake.review.reaching import note
from intake.versions.protocols import protocol_for, screen

PRESSED_TWICE = timedelta(minutes=10)  # the same answer by the same person within it is one


@dataclass(frozen=True)
class Seen:
    """What stood on the page.

    The newest answer taken on the phone, and the version of the patient's form.
    """

    answer: int = 0
    version: int = 0


@dataclass(frozen=True)
class Meanwhile:
    """What is on record to a question and was not on the page.

    `by` is nobody where the patient answered it in the form. `value` is None where they said that what was keyed in was
    a mistake.
    """

    value: Any
    by: User | None


@dataclass(frozen=True)
class Taken:
    """What came of it.

    `saved`: the questions whose answers are on record. `held`: those whose answers are not, and why.
    """

    case: Case
    saved: list[str]
    held: dict[str, Meanwhile] = field(default_factory=dict)


@transaction.atomic
def take_answers(
    case: Case,
    answers: dict[str, Any],
    *,
    by: User,
    seen: Seen,
    mistaken: Collection[str] = (),
    contradictory: dict[str, Any] | None = None,
    from_whom: str = Contact.Outcome.REACHED,
    now: datetime | None = None,
) -> Taken:
    """Put answers on record that `by` hears on the phone, and judge them at once.

    `answers` maps questions to values as the protocol defines them. `mistaken`: questions whose answer on record was
    keyed in by mistake and counts no more. `contradictory`: as for `save_page`. The call stands in the contact log.
    The case follows the answers that count now, upward at once and never down; whoever keys them in has it, unless it
    was another's, who is then told with everybody.

    An answer that `by` has put on record a moment ago, or since `seen`, is there already: a second press, or a second
    window, is no second call. An answer to a question that was answered otherwise since `seen`, in another window of
    `by` too, is held back, and what it would have stood over is named. One in which a new danger shows is not: it is
    put on record. Raises AnswerError for an answer that does not fit and PermissionDenied.
    """
    now = now or timezone.now()
    whole = Intake.objects.select_related("protocol").defer("protocol__content")
    intake = whole.select_for_update(of=("self",)).get(pk=case.intake_id)
    case = locked(case, by)  # after its intake, like every page a patient saves
    protocol, counted = protocol_for(intake), answers_that_count(intake)
    given = triage.validate_answers(protocol, answers)
    given |= triage.dangerous_readings(protocol, counted | given, contradictory or {}, partial(screen, intake))
    phone = OnThePhone(intake)
    newest = {answer.question: answer for answer in phone.rows}
    said = dict.fromkeys(name for name in mistaken if name in newest) | given
    there = {name for name, value in said.items() if _is_on_record(phone, newest.get(name), value, by, seen, now)}
    anew = {name: value for name, value in said.items() if name not in there}
    held = {}
    if not cannot_wait(screen(intake, counted), screen(intake, counted | given)):
        held = _answered_meanwhile(intake, anew, newest, seen)
    anew = {name: value for name, value in anew.items() if name not in held}
    if anew:
        case = _record(case, intake, anew, from_whom=from_whom, by=by, now=now)
    return Taken(case, [name for name in said if name not in held], held)


def _is_on_record(phone: OnThePhone, last: PhoneAnswer | None, value: Any, by: User, seen: Seen, now: datetime) -> bool:
    """Say whether `by` has put this very answer on record already.

    A moment ago, or since the page was drawn. One that the patient has answered anew since counts no more, and is
    looked at once more.
    """
    if last is None or last.contact.by != by or last.value != value:
        return False
    counts = value is None or last.question in phone.standing
    return counts and (last.pk > seen.answer or last.at > now - PRESSED_TWICE)


def _answered_meanwhile(
    intake: Intake, anew: dict[str, Any], newest: dict[str, PhoneAnswer], seen: Seen
) -> dict[str, Meanwhile]:
    """Return what was keyed in, or the patient answered, since, where it differs."""
    held = {}
    saved = {name: intake.saved_at_version(page.id) for page in protocol_for(intake).pages for name in page.questions}
    for name, value in anew.items():
        last, own = newest.get(name), intake.answers.get(name)
        if last and last.pk > seen.answer and last.value != value:
            held[name] = Meanwhile(last.value, last.contact.by)
        elif saved.get(name, 0) > seen.version and own not in (None, value):
            held[name] = Meanwhile(own, None)
    return held


def _record(case: Case, intake: Intake, anew: dict[str, Any], *, from_whom: str, by: User, now: datetime) -> Case:
    """Write the call, its answers and what the rules make of them, at one moment."""
    if case.status == Case.Status.WAITING:
        case = acknowledge(case, by=by, now=now)
    nobody_elses = not case.is_open or case.acknowledged_by == by
    call = note(
        case,
        outcome=from_whom,
        safety_advice_given=False,
        asked_safety=not case.screened and not left_open(intake, OnThePhone(intake), now, besides=anew),
        words=f"{len(anew)} answer{'s' if len(anew) > 1 else ''} keyed in.",
        by=by,
        now=now,
    )
    PhoneAnswer.objects.bulk_create(
        PhoneAnswer(contact=call, question=name, value=value, before=intake.answers.get(name), at=now)
        for name, value in anew.items()
    )
    earlier, found = intake.assessments.last(), assessed(intake, now)
    found.save()
    intake.urgency = max(intake.urgency, found.urgency)
    intake.save(update_fields=["urgency"])
    take_up(case, found, earlier=earlier, by=by, now=now)
    if nobody_elses and case.status == Case.Status.WAITING:
        case = acknowledge(case, by=by, now=now)
    return case
