"""What the clinic promised its patients, and whether it kept it: from the same rows that patients and worklists read.

Four promises have a date: somebody looks at the answers, somebody decides, the next step of a referral, the answer to
a request for a visit. So has what somebody must tell an office. They are judged by `Case.overdue`, `Referral.overdue`
and the date of a request or a line, so a patient's page and this list turn in the same minute.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from django.urls import reverse
from django.utils import timezone

from clinic.staff.models import User
from clinic.staff.permissions import SEE_CASES
from intake.models import AppointmentRequest, CallToMake, Case
from referrals.models import OfficeToTell, Referral
from referrals.moves.undoing import OUTCOMES

COUNTED = timedelta(days=30)
KINDS = {
    "look": "Somebody looks at the answers",
    "decide": "Somebody decides",
    "referral": "Next step of a referral",
    "request": "Answer to a request for a visit",
    "office": "An office hears of a change",
    "call": "A call about a visit that is new, moved or off",
}


@dataclass(frozen=True)
class Missed:
    """A promise that is missed now. `address` leads to what it is about, for those who may see it."""

    kind: str
    by: datetime
    row: object
    patient: object
    location: object
    owner: object = None
    address: str = ""

    @property
    def what(self) -> str:
        return KINDS[self.kind]


def missed_promises(user: User, now: datetime | None = None) -> list[Missed]:
    """Those of the locations of `user`, the oldest first. Who may not see cases reads that one waits, not whose."""
    now = now or timezone.now()
    here = user.places()
    sees = user.may(SEE_CASES)
    found = []
    for case in Case.objects.filter(location__in=here).overdue(now).select_related("patient", "location"):
        kind = "look" if case.status == Case.Status.WAITING else "decide"
        whose, where = (case.patient, case.get_absolute_url()) if sees else (None, "")
        found.append(Missed(kind, case.due_at, case, whose, case.location, case.acknowledged_by, where))
    for referral in Referral.objects.visible_to(user).overdue(now).select_related("patient", "location", "owner"):
        where = reverse("referral", args=[referral.public_id])
        found.append(
            Missed(
                "referral", referral.next_check_at, referral, referral.patient, referral.location, referral.owner, where
            )
        )
    requests = AppointmentRequest.objects.visible_to(user).waiting_for_us().filter(answer_by__lt=now)
    for request in requests.select_related("patient", "location"):
        found.append(Missed("request", request.answer_by, request, request.patient, request.location))
    offices = OfficeToTell.objects.visible_to(user).late(now)
    for one in offices.select_related("referral__patient", "referral__location", "referral__owner"):
        carried = one.referral
        where = reverse("referral", args=[carried.public_id])
        found.append(Missed("office", one.due_at, one, carried.patient, carried.location, carried.owner, where))
    for call in CallToMake.objects.visible_to(user).late(now).select_related("patient", "location"):
        found.append(Missed("call", call.due_at, call, call.patient, call.location, address=reverse("requests")))
    return sorted(found, key=lambda missed: missed.by)


@dataclass(frozen=True)
class Total:
    """How many promises of one kind fell due, by how they ended."""

    what: str
    kept: int
    missed: int

    @property
    def share(self) -> int | None:
        """Whole percent kept; None when nothing fell due."""
        due = self.kept + self.missed
        return 100 * self.kept // due if due else None


def kept_and_missed(user, now: datetime | None = None) -> list[Total]:
    """Of the promises at the locations of `user` that fell due in the last 30 days: kept by then, or not.

    A referral has a row of history for each next date it ever had: the date was kept when the referral had moved on by
    then. A case counts by the dates it has now.
    """
    now = now or timezone.now()
    since, here = now - COUNTED, user.places()
    counts = {kind: Counter() for kind in KINDS}
    cases = Case.objects.filter(location__in=here)
    for by, at in cases.filter(acknowledge_by__range=(since, now)).values_list("acknowledge_by", "acknowledged_at"):
        counts["look"][at is not None and at <= by] += 1
    for by, at in cases.filter(decide_by__range=(since, now)).values_list("decide_by", "decided_at"):
        counts["decide"][at is not None and at <= by] += 1
    for by, at in _dates_of_referrals(here):
        if since <= by < now:
            counts["referral"][at is not None and at <= by] += 1
    asked = AppointmentRequest.objects.filter(location__in=here, answer_by__range=(since, now))
    for by, at in asked.values_list("answer_by", "answered_at"):
        counts["request"][at is not None and at <= by] += 1
    offices = OfficeToTell.objects.filter(referral__location__in=here, due_at__range=(since, now))
    for by, at in offices.values_list("due_at", "done_at"):
        counts["office"][at is not None and at <= by] += 1
    called = CallToMake.objects.filter(location__in=here, due_at__range=(since, now))
    for by, at in called.values_list("due_at", "done_at"):
        counts["call"][at is not None and at <= by] += 1
    return [Total(KINDS[kind], count[True], count[False]) for kind, count in counts.items()]


def _dates_of_referrals(here):
    """(next date, when it was replaced by another or none) of every referral; None for the date it has now."""
    history = Referral.history.rel.related_model.objects.filter(location__in=here).order_by("pgh_obj_id", "pgh_id")
    rows = history.values_list("pgh_obj_id", "status", "next_check_at", "pgh_created_at")
    for _referral, of_one in groupby(rows, key=itemgetter(0)):
        yield from _replaced(row[1:] for row in of_one)
    now_due = Referral.objects.filter(location__in=here).open().values_list("next_check_at", flat=True)
    yield from ((by, None) for by in now_due)


def _replaced(rows: Iterable[tuple[str, datetime | None, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return each next date one referral had, and when another took its place.

    `rows` are (status, next date, since when) as they followed each other. How the day went may have been taken back:
    the date of before goes on as if it had never been replaced, and those in between were never promised.
    """
    found: list[tuple[datetime, datetime]] = []
    status = ""
    due: datetime | None = None
    before: tuple[int, datetime | None] = (0, None)  # how many were found, and the date, when somebody said how it went
    for next_status, next_due, at in rows:
        if status == Referral.Status.SCHEDULED and next_status in OUTCOMES:
            before = (len(found), due)
        is_taken_back = status in OUTCOMES and next_status == Referral.Status.SCHEDULED and next_due == before[1]
        if is_taken_back:
            del found[before[0] :]
        elif due is not None and due != next_due:
            found.append((due, at))
        status, due = next_status, next_due
    return found
