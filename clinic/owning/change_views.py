"""Every change of the clinic itself, the newest first: who, when, before and after."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.audit.models import BackupCheck
from clinic.staff.changes import ClinicChange
from clinic.staff.permissions import MANAGE_LOCATIONS, staff_may
from clinic.staff.request import StaffRequest

ROWS = 25


def last_backup() -> BackupCheck | None:
    """Return the newest try to restore a backup.

    None where this clinic did not say where they lie.
    """
    return BackupCheck.objects.last() if settings.BACKUPS_DIR else None


@require_safe
@staff_may(MANAGE_LOCATIONS)
def changes(request: StaffRequest) -> HttpResponse:
    """Show what was changed of a manager's locations and of who works there.

    What holds for the whole clinic stands there too.
    """
    here, whole = request.user.locations.values("pk"), Q(location=None, person=None)
    rows = ClinicChange.objects.filter(Q(location__in=here) | Q(person__locations__in=here) | whole).distinct()
    page = Paginator(rows.select_related("by", "location", "person"), ROWS).get_page(request.GET.get("page"))
    return render(request, "owning/changes.html", {"page_obj": page, "backup": last_backup()})
