"""The page of how mail goes, for managers. It names no patient."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.messages.delivery import how_mail_goes
from clinic.staff.permissions import SEE_PROMISES, staff_may
from clinic.staff.request import StaffRequest


@require_safe
@staff_may(SEE_PROMISES)
def delivery(request: StaffRequest) -> HttpResponse:
    return render(request, "messages/delivery.html", {"mail": how_mail_goes(request.user, timezone.now())})
