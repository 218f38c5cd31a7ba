"""Parts of the list that a person keeps by a name, and the list as a file."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.views.decorators.http import require_GET

from clinic.formats.cells import as_file
from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from intake.seen import saw_list
from referrals.desk.list_views import chosen_in
from referrals.desk.page import known_of, next_step
from referrals.desk.specialties import specialty_label
from referrals.models import Referral, SavedList

MOST_IN_A_FILE = 5000
CUT = "There are more: a file holds {most:,} referrals. Choose a part of the list for the others."
HEADER = (
    "Number", "Patient", "Location", "Status", "Whose turn", "Next", "Next date", "Urgency", "See by", "Specialty",
    "Office", "Office phone", "Carrier", "Sent",
)  # fmt: skip


@pressed_on("referrals")
@staff_may(CARRY_REFERRALS)
def save_list(request: StaffRequest) -> HttpResponse:
    """Keep the list as it is chosen, or drop one.

    Without a name it is named by what was chosen.
    """
    mine = SavedList.objects.filter(user=request.user)
    if request.POST.get("drop"):
        mine.filter(name=request.POST["drop"].replace("\0", "")).delete()
        return redirect("referrals")
    chosen = chosen_in(request, QueryDict(request.POST.get("list", "")))
    query = chosen.query(find="", after="")
    typed = " ".join(request.POST.get("name", "").replace("\0", "").split())
    name = (typed or chosen.in_words)[: SavedList._meta.get_field("name").max_length]
    if mine.exclude(name=name).count() >= SavedList.MOST:
        messages.warning(request, f"You keep {SavedList.MOST} lists already. Drop one first.")
    else:
        SavedList.objects.update_or_create(user=request.user, name=name, defaults={"query": query})
        messages.success(request, f"The list is kept as “{name}”.")
    return redirect(f"{reverse('referrals')}?{query}")


@require_GET
@staff_may(CARRY_REFERRALS)
def list_file(request: StaffRequest) -> HttpResponse:
    """Return the list as it is chosen, in its order, as a file for a spreadsheet.

    Where it holds not all of them, the last row says so.
    """
    chosen = chosen_in(request, request.GET)
    found = list(chosen.referrals()[: MOST_IN_A_FILE + 1])
    rows = found[:MOST_IN_A_FILE]
    people = [row.patient for row in rows]
    saw_list(
        request,
        [] if chosen.looked_for else people,
        found=people if chosen.looked_for else (),
        subject_id="file",
    )
    known = known_of(rows)
    lines = [_cells(row, next_step(row, known)) for row in rows]
    if len(found) > len(rows):
        lines.append((CUT.format(most=len(rows)), *[""] * (len(HEADER) - 1)))
    return as_file(f"referrals-{timezone.localdate()}", HEADER, lines)


def _cells(row: Referral, step: Any) -> tuple[str, ...]:
    zone, office = row.location.zone, row.specialist
    return (
        row.reference,
        row.patient.full_name,
        row.location.name,
        row.get_status_display(),
        step.turn.label if row.is_open else "",
        step.title,
        _moment(row.next_check_at, zone),
        row.tier.label,
        row.see_by.isoformat(),
        specialty_label(row),
        office.practice if office else "",
        office.phone if office else "",
        str(row.owner or ""),
        _moment(row.sent_at, zone),
    )


def _moment(at: datetime | None, zone: Any) -> str:
    return date_format(at.astimezone(zone), "Y-m-d H:i") if at else ""
