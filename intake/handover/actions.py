"""Handing open cases over. Their clocks go on: what is passed around is not started anew.

An emergency is handed to nobody: it waits for anybody again, and is raised until somebody takes it by name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from clinic.staff.permissions import ASSIGN_CASES, DECIDE_CASES
from intake.handover import emails
from intake.models import Case, CaseEvent
from intake.models.case import CaseQuerySet
from intake.review.emails import ask_one
from intake.review.opening import let_wait

Kind, Status = CaseEvent.Kind, Case.Status


@dataclass
class HandedOver:
    """What became of each case: given, raised until it is taken, or moved on."""

    given: list[Case] = field(default_factory=list)
    raised: list[Case] = field(default_factory=list)
    moved_on: list[Case] = field(default_factory=list)


def open_cases_of(holder: User) -> CaseQuerySet:
    """Return what this person has and has not decided, the most urgent first."""
    return Case.objects.awaiting_decision().filter(acknowledged_by=holder).most_urgent_first()


@transaction.atomic
def hand_over(
    cases: Collection[UUID],
    *,
    of: User,
    to: Mapping[int, User],
    by: User,
    words: str = "",
    now: datetime | None = None,
) -> HandedOver:
    """Give open cases of one therapist to colleagues.

    `to` names one for each location. By that therapist, or by who assigns cases where they are. Raises PermissionDenied
    for anybody else, and for a colleague who does not treat there. Each new holder gets one mail. What is not that
    therapist's any more is left as it is, whosever it is.
    """
    now = now or timezone.now()
    done = HandedOver()
    for case in Case.objects.select_for_update().filter(public_id__in=cases).order_by("pk"):
        if case.acknowledged_by != of or not case.is_open:
            done.moved_on.append(case)
            continue
        _check_may(case, of=of, to=to.get(case.location_id), by=by)
        _hand_over(case, done, of=of, to=to[case.location_id], by=by, words=words, now=now)
    for person in dict.fromkeys(to.values()):
        if theirs := [case for case in done.given if case.acknowledged_by_id == person.pk]:
            emails.cases_handed_over(theirs, to=person)
    return done


def _check_may(case: Case, *, of: User, to: User | None, by: User) -> None:
    own = by == of and by.may(DECIDE_CASES)
    may = (own or by.may(ASSIGN_CASES)) and by.sees(case.location_id)
    takes = to is not None and to != of and to.may(DECIDE_CASES) and to.locations.contains(case.location)
    if not (may and takes):
        raise PermissionDenied


def _hand_over(case: Case, done: HandedOver, *, of: User, to: User, by: User, words: str, now: datetime) -> None:
    if case.holds_emergency and case.status == Status.IN_REVIEW:
        said = f"From {of}: {to} is asked to take it. {words}".strip()
        case.move_to(case.status, event=Kind.HANDED_OVER, by=by, words=said, now=now)
        let_wait(case, by=by, words="It is raised until somebody takes it.", now=now)
        ask_one(case, to)
        done.raised.append(case)
    else:  # a case that waits for a second look is raised until somebody looks, whoever has it
        said = f"From {of} to {to}. {words}".strip()
        case.move_to(case.status, event=Kind.HANDED_OVER, by=by, words=said, now=now, acknowledged_by=to)
        done.given.append(case)
