"""Everything an office has from us that is open: behind one code, each with an address of its own.

A visit reaches what the same person could open one by one: sent by a link that lives, to the same mail address, of an
office with the same number on file. Seeing a referral in the list opens nothing; a press does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from clinic.audit.models import AccessLog
from clinic.links.models import MOST_WRONG_TRIES, Link
from clinic.web.pressed import pressed_on
from intake.seen import saw_row
from referrals import moves as actions
from referrals.desk.specialties import specialty_label
from referrals.models import Appointment, Referral, Specialist
from referrals.moves.emails import answer_by
from referrals.office import session as office_session
from referrals.office.session import OfficeSession
from referrals.office.stages import knows_the_patient
from referrals.office.views import ended

Status = Referral.Status
NOT_WITH_THEM = (Status.DRAFT, Status.DECLINED, Status.BACK, *Referral.ENDED)
NEXT: dict[str, str | Promise] = {
    Status.SENT: _("Waits for your answer"),
    Status.OPENED: _("Waits for your answer"),
    Status.QUESTION: _("The clinic answers your question"),
    Status.ACCEPTED: _("Waits for an appointment"),
    Status.SEEN: _("Waits for your report"),
    Status.NO_SHOW: _("The patient did not come"),
    Status.REPORTED: _("Your report is with the clinic"),
}
TIMES_STAND = _("You proposed times. The clinic asks the patient which suits.")


@dataclass(frozen=True)
class Listed:
    """One line of the list; `name` is empty until the office has accepted."""

    referral: Referral
    specialty: str
    name: str
    is_open: bool
    next: str | Promise
    answer_by: datetime | None
    appointment: Appointment | None


@login_not_required
@require_GET
def office(request: HttpRequest) -> HttpResponse:
    """Show all open referrals of the office, open in this browser or not."""
    opened = office_session.opened(request)
    if not opened:
        return ended(request)
    here = {one.referral.pk for one in opened}
    found = list(_theirs(opened, besides=here))
    for referral in found:
        saw_row(request, "referral", referral, actor=AccessLog.Actor.OFFICE)
    first = opened[0]
    context = {
        "location": first.referral.location,
        "office": first.referral.specialist,
        "person": first.person,
        "until": first.until,
        "rows": [_listed(referral, is_open=referral.pk in here) for referral in found],
    }
    return render(request, "office/list.html", context)


def _theirs(opened: list[OfficeSession], *, besides: Collection[int] = ()) -> QuerySet[Referral]:
    """Return what is with the offices of these, by a living link; and `besides`."""
    reached = Specialist.objects.none()
    for one in opened:
        if one.reaches and one.referral.specialist:
            reached |= Specialist.objects.of_the_office_of(one.referral.specialist)
    live = Link.objects.live().filter(
        purpose=Link.Purpose.OFFICE, subject_id=OuterRef("public_id"), wrong_tries__lt=MOST_WRONG_TRIES
    )
    return (
        Referral.objects.select_related("patient", "specialist", "location")
        .filter(Q(pk__in=besides) | Q(Exists(live), specialist__in=reached), sent_at__isnull=False)
        .exclude(status__in=NOT_WITH_THEM)
        .prefetch_related("appointments")
        .order_by("-urgency", "see_by", "pk")
    )


def _listed(referral: Referral, *, is_open: bool) -> Listed:
    stands = referral.standing_appointment if referral.status == Status.SCHEDULED else None
    return Listed(
        referral=referral,
        specialty=specialty_label(referral),
        name=referral.patient.full_name if knows_the_patient(referral) else "",
        is_open=is_open,
        next=TIMES_STAND if referral.standing_times else NEXT.get(referral.status, ""),
        answer_by=answer_by(referral),
        appointment=stands,
    )


@login_not_required
@pressed_on("office")
def office_room_open(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open another referral of the same office, in the name given for the visit."""
    opened = office_session.opened(request)
    for one in opened:
        referral = _theirs([one]).filter(public_id=public_id).first()
        link = actions.link_of(referral) if referral else None
        if referral and link:
            actions.office_opened(referral, office=one.person)
            response = redirect("office_room", public_id=public_id)
            office_session.begin(
                response, link=link, referral=referral, person=one.person, besides=request, began=one.began
            )
            return response
    return ended(request)
