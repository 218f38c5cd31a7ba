"""A case that rests: somebody took it and did not finish, or nobody takes it. Neither goes on without being told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.dateformat import format as date_format

from clinic.running.each import each_by_itself
from clinic.staff.models import OnCall, User
from clinic.staff.permissions import DECIDE_CASES, Role
from intake.models import Case, CaseEvent, Urgency
from intake.models.case import CaseQuerySet
from intake.review import emails, schedule
from intake.review.opening import announce, let_wait

PATIENCE = {  # after its decision was due, and after somebody took it
    Urgency.EMERGENCY: timedelta(minutes=15),
    Urgency.URGENT: timedelta(hours=1),
    Urgency.SOON: timedelta(days=1),
    Urgency.ROUTINE: timedelta(days=1),
}
TOGETHER = timedelta(minutes=30)  # a case to be raised so soon goes with one of its location that is raised now


def take_back_forgotten(now: datetime | None = None) -> int:
    """Cases in review whose decision is overdue wait for anybody again, and everybody is told; returns how many.

    Whoever takes an overdue case has the tier's patience before it is taken back once more. Of somebody who has left, a
    case is taken back at once; of somebody who did nothing about it for the time of its lease, then. Safe to run by
    several workers at once.
    """
    now = now or timezone.now()
    taken = each_case(Case.objects.filter(_with_nobody(now), status=Case.Status.IN_REVIEW), _take_back, now)
    taken += each_case(Case.objects.filter(status=Case.Status.IN_REVIEW, held_until__lt=now), _end_lease, now)
    for urgency, patience in PATIENCE.items():
        since = now - patience
        overdue = Case.objects.filter(urgency=urgency, status=Case.Status.IN_REVIEW, decide_by__lt=since)
        taken += each_case(overdue.filter(acknowledged_at__lt=since), _take_back, now)
    return taken


def _with_nobody(now: datetime) -> Q:
    """Return which cases are somebody's who has left, or is on call no more."""
    here = {"location": OuterRef("location")}
    works_here = Exists(User.locations.through.objects.filter(user=OuterRef("acknowledged_by"), **here))
    on_call = Exists(OnCall.objects.at(now).filter(person=OuterRef("acknowledged_by"), **here))
    somebody_treats = Exists(User.objects.therapists_at(OuterRef("location")))
    left = Q(acknowledged_by__is_active=False) | ~Q(acknowledged_by__role=Role.THERAPIST)
    return left | (~Q(works_here) & ~Q(on_call) & Q(somebody_treats))


def _take_back(case: Case, now: datetime) -> bool:
    who = case.acknowledged_by
    still_here = who.may(DECIDE_CASES) and who.sees(case.location_id)
    why = "it was not decided in time" if still_here else "does not treat here any more"
    case.move_to(
        Case.Status.WAITING,
        event=CaseEvent.Kind.HANDED_BACK,
        words=f"{who} had it, and {why}.",
        now=now,
        acknowledged_at=None,
        acknowledged_by=None,
        acknowledge_by=now,
    )
    announce(case, now)
    return True


def _end_lease(case: Case, now: datetime) -> bool:
    until = timezone.localtime(case.held_until, case.location.zone)
    words = f"{case.acknowledged_by} had it, and did nothing about it until {date_format(until, 'M j, g:i A')}."
    let_wait(case, words=words, now=now)
    return True


def raise_again(now: datetime | None = None) -> int:
    """Tell everybody once more of each case that nobody has come for since the last time; returns how many.

    A case to take, of whatever tier once it is past its time, or a second look to give. It never ends: a mail that
    nobody acted on is no person. One mail a person and step, and none while the last ones have reached nobody yet. Each
    time is an event on the timeline. Safe to run by several workers at once.
    """
    now = now or timezone.now()
    to_take = Q(status=Case.Status.WAITING) & (Q(urgency__gte=Urgency.SOON) | Q(acknowledge_by__lte=now))
    resting = Case.objects.filter(to_take | Q(status=Case.Status.SECOND_LOOK)).select_related("location")
    raised = {}

    def raise_one(case: Case, now: datetime, *, ahead: timedelta = timedelta()) -> bool:
        if happened := _raise_again(case, now, ahead=ahead):
            raised[case.pk] = case.location_id
        return happened

    each_case(resting, raise_one, now)
    if raised:  # whoever is told is told of all in one mail
        others = resting.filter(location__in=set(raised.values())).exclude(pk__in=list(raised))
        each_case(others, partial(raise_one, ahead=TOGETHER), now)
    return len(raised)


def each_case(cases: CaseQuerySet, act: Callable[[Case, datetime], bool], now: datetime) -> int:
    """Do it to each case by itself, the worst first; returns to how many it was done.

    One that somebody has locked is left to the next sweep.
    """

    def one(pk: int) -> bool:
        case = cases.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        return bool(case and act(case, now))

    worst_first = cases.order_by("-urgency", "pk").values_list("pk", flat=True)
    return each_by_itself(worst_first, one, failed="A case could not be raised")


def _raise_again(case: Case, now: datetime, *, ahead: timedelta) -> bool:
    last = emails.last_announced(case)
    if last is None:  # nobody was ever told
        announce(case, now)
        return True
    hours = case.location.opening_hours
    due = schedule.raised_again_at(case.urgency, last.due_at, hours)
    if due > now + ahead or emails.on_its_way(last):
        return False
    due = min(due, now)
    if schedule.raised_again_at(case.urgency, due, hours) <= now:  # the clock stood still; what it missed is one step
        due = now
    if case.status == Case.Status.SECOND_LOOK:
        case.move_to(case.status, event=CaseEvent.Kind.ASKED_AGAIN, words="Nobody has looked yet.", now=now)
    else:
        case.move_to(case.status, event=CaseEvent.Kind.RAISED_AGAIN, now=now)
    emails.case_still_needs_you(case, after=last, at=due)
    return True
