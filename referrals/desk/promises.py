"""What the clinic promised its patients and has missed by now: from the same rows that patients and worklists read.

Four promises have a date: somebody looks at the answers, somebody decides, the next step of a referral, the answer to
a request for a visit. So has what somebody must tell an office. They are judged by `Case.overdue`, `Referral.overdue`
and the date of a request or a line, so a patient's page and this list turn in the same minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from clinic.staff.models import User
from clinic.staff.permissions import SEE_CASES
from intake.models import AppointmentRequest, CallToMake, Case
from referrals.models import OfficeToTell, Referral

SHOWN = 100  # of each sort; who has missed more needs no longer list
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
    """Hold a promise that is missed now.

    `address` leads to what it is about, for those who may see it.
    """

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
    """Return those of the locations of `user`, the oldest first.

    Of each sort the oldest `SHOWN`. Who may not see cases reads that one waits, not whose.
    """
    now = now or timezone.now()
    every = (*_of_cases(user, now), *_of_referrals(user, now), *_of_visits(user, now))
    return sorted(every, key=lambda missed: missed.by)


def _of_cases(user: User, now: datetime) -> Iterator[Missed]:
    sees = user.may(SEE_CASES)
    late = Case.objects.filter(location__in=user.places()).overdue(now).order_by("due_at", "pk")
    for case in late.select_related("patient", "location", "acknowledged_by")[:SHOWN]:
        kind = "look" if case.status == Case.Status.WAITING else "decide"
        whose, where = (case.patient, case.get_absolute_url()) if sees else (None, "")
        yield Missed(kind, case.due_at, case, whose, case.location, case.acknowledged_by, where)


def _of_referrals(user: User, now: datetime) -> Iterator[Missed]:
    late = Referral.objects.visible_to(user).overdue(now).order_by("next_check_at", "pk")
    for one in late.select_related("patient", "location", "owner")[:SHOWN]:
        where = reverse("referral", args=[one.public_id])
        yield Missed("referral", one.next_check_at, one, one.patient, one.location, one.owner, where)
    offices = OfficeToTell.objects.visible_to(user).late(now)
    for office in offices.select_related("referral__patient", "referral__location", "referral__owner")[:SHOWN]:
        carried = office.referral
        where = reverse("referral", args=[carried.public_id])
        yield Missed("office", office.due_at, office, carried.patient, carried.location, carried.owner, where)


def _of_visits(user: User, now: datetime) -> Iterator[Missed]:
    requests = AppointmentRequest.objects.visible_to(user).unanswered().filter(answer_by__lt=now).order_by("answer_by")
    for request in requests.select_related("patient", "location")[:SHOWN]:
        yield Missed("request", request.answer_by, request, request.patient, request.location)
    calls = CallToMake.objects.visible_to(user).late(now).order_by("due_at", "pk")
    for call in calls.select_related("patient", "location")[:SHOWN]:
        yield Missed("call", call.due_at, call, call.patient, call.location, address=reverse("requests"))
