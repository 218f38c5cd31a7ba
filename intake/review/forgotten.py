"""A case that rests: somebody took it and did not finish, or nobody takes it. Neither goes on without being told."""

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from intake.models import Case, CaseEvent, Urgency
from intake.review import emails, schedule
from intake.review.actions import announce

log = logging.getLogger(__name__)

PATIENCE = {  # after its decision was due, and after somebody took it
    Urgency.EMERGENCY: timedelta(minutes=15),
    Urgency.URGENT: timedelta(hours=1),
    Urgency.SOON: timedelta(days=1),
}


def take_back_forgotten(now=None) -> int:
    """Cases in review whose decision is overdue wait for anybody again, and everybody is told; returns how many.

    Whoever takes an overdue case has the tier's patience before it is taken back once more. Safe to run by several
    workers at once.
    """
    now = now or timezone.now()
    taken = 0
    for urgency, patience in PATIENCE.items():
        since = now - patience
        overdue = Case.objects.filter(urgency=urgency, status=Case.Status.IN_REVIEW, decide_by__lt=since)
        taken += _each(overdue.filter(acknowledged_at__lt=since), _take_back, now)
    return taken


def _take_back(case, now) -> bool:
    case.move_to(
        Case.Status.WAITING,
        event=CaseEvent.Kind.HANDED_BACK,
        words=f"{case.acknowledged_by} had it, and it was not decided in time.",
        now=now,
        acknowledged_at=None,
        acknowledged_by=None,
        acknowledge_by=now,
    )
    announce(case, now)
    return True


def raise_again(now=None) -> int:
    """Tell everybody once more of each case that nobody has come for since the last time; returns how many.

    A case to take, or a second look to give. It never ends: a mail that nobody acted on is no person. One mail a
    person and step, and none while the last ones have reached nobody yet. Each time is an event on the timeline. Safe
    to run by several workers at once.
    """
    now = now or timezone.now()
    to_take = Q(status=Case.Status.WAITING, urgency__gte=Urgency.SOON)
    resting = Case.objects.filter(to_take | Q(status=Case.Status.SECOND_LOOK)).select_related("location")
    return _each(resting, _raise_again, now)


def _each(cases, act, now) -> int:
    """Do it to each case by itself, the worst first; returns to how many it was done.

    One that cannot be read, such as at a location whose hours make no sense, must not silence all the others.
    """
    done = 0
    for pk in cases.order_by("-urgency", "pk").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                case = cases.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
                done += bool(case and act(case, now))
        except (OperationalError, InterfaceError):  # the database is away: no other case is read either
            raise
        except Exception as error:
            log.error("Case number %s could not be raised: %s", pk, type(error).__name__)
    return done


def _raise_again(case, now) -> bool:
    last = emails.last_announced(case)
    if last is None:  # nobody was ever told
        announce(case, now)
        return True
    hours = case.location.opening_hours
    due = schedule.raised_again_at(case.urgency, last.due_at, hours)
    if due > now or emails.on_its_way(last):
        return False
    if schedule.raised_again_at(case.urgency, due, hours) <= now:  # the clock stood still; what it missed is one step
        due = now
    if case.status == Case.Status.SECOND_LOOK:
        case.move_to(case.status, event=CaseEvent.Kind.ASKED_AGAIN, words="Nobody has looked yet.", now=now)
    else:
        case.move_to(case.status, event=CaseEvent.Kind.RAISED_AGAIN, now=now)
    emails.case_still_needs_you(case, after=last, at=due)
    return True
