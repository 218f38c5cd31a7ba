"""Offices that somebody tells of a change, on top of the list of referrals until somebody has."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clinic.staff.models import Location, User
from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from referrals import moves as actions
from referrals.models import OfficeToTell


def offices_to_tell(user: User, location: Location | None = None) -> list[OfficeToTell]:
    """Return what waits at the locations of this person, or at one of them."""
    rows = OfficeToTell.objects.visible_to(user).waiting()
    rows = rows.filter(referral__location=location) if location else rows
    return list(rows.select_related("referral__patient", "referral__location", "referral__owner", "specialist"))


@pressed_on("referrals")
@staff_may(CARRY_REFERRALS)
def office_told(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Note that the office knows."""
    to_tell = get_object_or_404(OfficeToTell.objects.visible_to(request.user), public_id=public_id)
    if actions.office_was_told(to_tell, by=request.user):
        messages.success(request, f"It is noted that {to_tell.specialist.practice} knows.")
    else:
        messages.info(request, "Somebody else has noted that before.")
    return redirect("referral", public_id=to_tell.referral.public_id)
