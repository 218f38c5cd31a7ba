"""Listings that nobody confirmed for long: the desk asks one office after the other, and presses once for each."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.staff.permissions import MANAGE_DIRECTORY, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from referrals.directory import actions
from referrals.directory.forms import specialties
from referrals.models import Specialist
from referrals.moves.directory import listing_version
from referrals.moves.steps import ReferralChanged

ROWS = 20


@require_safe
@staff_may(MANAGE_DIRECTORY)
def stale_listings(request: StaffRequest) -> HttpResponse:
    rows = Specialist.objects.stale(timezone.now()).select_related("confirmed_by")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    labels = dict(specialties())
    listings = [
        {
            "listing": row,
            "saw": listing_version(row),
            "specialty": labels.get(row.specialty, row.specialty),
        }
        for row in page
    ]
    return render(request, "directory/stale.html", {"rows": listings, "page_obj": page})


@pressed_on("stale_listings")
@staff_may(MANAGE_DIRECTORY)
def confirm(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(Specialist, public_id=public_id)
    saw = request.POST.get("saw", "")
    try:
        actions.confirm_listing(found, saw=int(saw[:18]) if saw.isascii() and saw.isdigit() else 0, by=request.user)
    except ReferralChanged:
        messages.warning(request, f"Somebody changed {found.name} while you had it open. Read it once more.")
    else:
        messages.success(request, f"{found.name}: confirmed today.")
    return redirect("listing", public_id=public_id) if request.POST.get("back") else redirect("stale_listings")
