"""How a patient is doing some weeks later: planned when the intake is sent, answered on the status page, seen by staff.

The weeks and the thresholds are ours; see docs/decisions. Every function is one transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from clinic.staff.permissions import SEE_CASES
from intake.follow_up import emails
from intake.models import FollowUp, Intake, Patient, Urgency
from intake.returning.actions import start_again

WEEKS = (2, 6, 12)
PAIN_WORSE_BY = 2  # points above the lowest number given before
DIFFICULTY_WORSE_BY = 3


class NotOpen(Exception):
    """It was answered, or its time has passed; nothing was changed."""


@dataclass(frozen=True)
class Answered:
    """`screening` is the intake that asks about danger now; None unless it got worse."""

    follow_up: FollowUp
    screening: Intake | None


@transaction.atomic(savepoint=False)  # what fails in it fails the caller's
def plan(intake: Intake) -> list[FollowUp]:
    """Week 0 as the intake just sent says it, and the weeks to come with their mails.

    What an earlier intake had planned for later is dropped: one series of questions at a time. Nothing is planned
    after an emergency or without a number for the pain.
    """
    patient, sent_at = intake.patient, intake.submitted_at
    patient.follow_ups.filter(answered_at=None, due_at__gt=sent_at).exclude(intake=intake).delete()
    pain = intake.answers.get("pain_worst")
    if pain is None or intake.urgency == Urgency.EMERGENCY:
        return []
    activity = intake.answers.get("goal") or ""
    if not activity and intake.occasion == Intake.Occasion.WORSE:  # not asked again
        activity = intake.carried.get("goal") or ""
    hours = patient.location.opening_hours
    rows = [
        FollowUp(
            intake=intake,
            patient=patient,
            week=0,
            due_at=sent_at,
            answered_at=sent_at,
            activity=activity,
            pain=pain,
            difficulty=intake.answers.get("goal_difficulty") if activity else None,
        )
    ]
    for week in WEEKS:
        due = hours.next_opening(sent_at.astimezone(hours.zone) + timedelta(weeks=week))
        rows.append(FollowUp(intake=intake, patient=patient, week=week, due_at=due, activity=activity))
    FollowUp.objects.bulk_create(rows, ignore_conflicts=True)  # planned once, however often it is asked
    planned = list(intake.follow_ups.filter(week__in=WEEKS).order_by("week"))
    for row in planned:
        row.patient = patient
    emails.ask_how_it_goes(*planned)
    return planned


def open_for(patient: Patient, now: datetime | None = None) -> FollowUp | None:
    """The one this patient can answer now, if any: the last that came due, for as long as it is open."""
    now = now or timezone.now()
    last = patient.follow_ups.filter(due_at__lte=now).order_by("-due_at", "-week").first()
    return last if last and last.is_open(now) else None


@transaction.atomic
def answer(
    follow_up: FollowUp, *, pain: int, difficulty: int | None = None, change: str = "", now: datetime | None = None
) -> Answered:
    """What the patient says now. `change` is a `FollowUp.Change` or "" for not sure.

    Worse, by their word or by the numbers: the screening begins and a case is open in the same transaction. Raises
    NotOpen for one that was answered or whose time has passed.
    """
    now = now or timezone.now()
    row = FollowUp.objects.select_for_update(of=("self",)).select_related("patient", "intake").get(pk=follow_up.pk)
    if not row.is_open(now):
        raise NotOpen
    row.pain, row.difficulty, row.change, row.answered_at = pain, difficulty, change, now
    reasons = _worse(row)
    row.worse = bool(reasons)
    row.save()
    if not row.worse:
        return Answered(row, None)
    words = f"Questions after {row.week} weeks: {'; '.join(reasons)}."
    return Answered(row, start_again(row.patient, occasion=Intake.Occasion.WORSE, words=words))


def _worse(row: FollowUp) -> list[str]:
    """Why this counts as worse, in words for staff; empty when it does not."""
    before = list(row.intake.follow_ups.answered().exclude(pk=row.pk))
    reasons = []
    if row.change == FollowUp.Change.WORSE:
        reasons.append("the patient says it is worse")
    for name, number, by in (
        ("pain", row.pain, PAIN_WORSE_BY),
        ("difficulty", row.difficulty, DIFFICULTY_WORSE_BY),
    ):
        lowest = min((getattr(one, name) for one in before if getattr(one, name) is not None), default=None)
        if number is not None and lowest is not None and number - lowest >= by:
            reasons.append(f"{name} {number}, {lowest} at its lowest")
    return reasons


@transaction.atomic
def seen(patient: Patient, *, by: User, now: datetime | None = None) -> int:
    """A member of staff has looked at the answers that got worse; returns how many were new to everybody."""
    if not by.may(SEE_CASES) or not by.sees(patient.location_id):
        raise PermissionDenied
    waiting = patient.follow_ups.worse_and_unseen()
    return waiting.update(seen_at=now or timezone.now(), seen_by=by)
