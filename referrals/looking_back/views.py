"""The page over the access log and what was changed and sent, its file, and whether the log is whole."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.audit.models import AuditCheck, AuditSeal
from clinic.formats.cells import as_file
from clinic.staff.permissions import SEE_ACCESS_LOG, staff_may
from clinic.staff.request import StaffRequest
from intake.seen import saw_list
from referrals.looking_back.asked import AskedForm
from referrals.looking_back.parts import PARTS, LogPart, in_lines, named, part_named

ROWS, MOST_ROWS = 50, 10_000
INVALID = 422
HEADER = ("When", "Who", "What", "Page", "Patient", "Location")


@require_safe
@staff_may(SEE_ACCESS_LOG)
def access_log(request: StaffRequest) -> HttpResponse:
    """Show one part of what happened, as it is asked for."""
    part, form = part_named(request.GET.get("show")), AskedForm(request.GET, by=request.user)
    asked = form.asked() if form.is_valid() else None
    page = Paginator(part.rows(asked), ROWS).get_page(request.GET.get("page")) if asked else None
    rows = _rows(request, part, page or ())
    context = {
        "form": form,
        "part": part,
        "tabs": [(one.label, one == part, _query(request, show=one.name)) for one in PARTS],
        "page_obj": page,
        "rows": rows,
        "patient": asked.patient if asked else None,
        "query": _query(request, show=part.name),
        "without_patient": _query(request, show=part.name, patient=""),
        "check": AuditCheck.objects.last(),
        "seal": AuditSeal.objects.defer("fingerprints").last(),
    }
    return render(request, "looking_back/access_log.html", context, status=INVALID if form.errors else 200)


@require_safe
@staff_may(SEE_ACCESS_LOG)
def access_log_file(request: StaffRequest) -> HttpResponse:
    """Hand out the same as a table; that it was is a line of the log too."""
    part, form = part_named(request.GET.get("show")), AskedForm(request.GET, by=request.user)
    rows = part.rows(form.asked())[:MOST_ROWS] if form.is_valid() else ()
    lines = [
        (
            f"{timezone.localtime(line.at):%Y-%m-%d %H:%M:%S%z}",
            line.who,
            line.what,
            line.where,
            patient.full_name if patient else "",
            place,
        )
        for line, patient, place in _rows(request, part, rows)
    ]
    return as_file(f"access-log-{part.name}", HEADER, lines)


def _rows(request: StaffRequest, part: LogPart, rows: Any) -> list[tuple]:
    """Return each line with its patient and location, written down first."""
    lines = in_lines(part, rows, by=request.user)
    patients, places = named(lines)
    saw_list(request, list(patients.values()), subject_id="access log")
    return [(line, patients.get(line.patient_id), places.get(line.place_id, "")) for line in lines]


def _query(request: StaffRequest, **changed: str) -> str:
    """Return the question as an address holds it, with some of it changed."""
    asked = request.GET.copy()
    asked.pop("page", None)
    for name, value in changed.items():
        asked[name] = value
    return asked.urlencode()
