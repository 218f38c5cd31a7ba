"""The desk makes a code for an office: the one page that shows it, to read out or to fax."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from referrals import moves as actions
from referrals.desk.not_now import not_now
from referrals.desk.views import find
from referrals.models import OfficeCode


@pressed_on("referral", "public_id")
@staff_may(CARRY_REFERRALS)
def office_code(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Make a code and show it this once.

    The page names no patient: it may be faxed as it is.
    """
    found = find(request, public_id)
    way = OfficeCode.Way.FAX if request.POST.get("way") == OfficeCode.Way.FAX else OfficeCode.Way.READ_OUT
    try:
        code = actions.make_code(found, way=way, by=request.user)
    except actions.NotYet as error:
        return not_now(request, found, error.words)
    digits = actions.digits_of(code)
    context = {
        "referral": found,
        "location": found.location,
        "code": code,
        "digits": f"{digits[:3]} {digits[3:]}",
        "by_fax": way == OfficeCode.Way.FAX,
    }
    return render(request, "referrals/code.html", context)
