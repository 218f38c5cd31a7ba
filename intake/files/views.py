"""A patient's file for the staff: as a download, and after a scan or a clear word that there was none."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from clinic.audit.actions import saw
from clinic.files import kept
from clinic.staff.permissions import SEE_CASES, staff_may
from clinic.staff.request import StaffRequest
from intake.files import actions as files
from intake.models import PatientFile

Scan = PatientFile.Scan


@require_http_methods(["GET", "POST"])
@staff_may(SEE_CASES)
def patient_file(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """The file. One that nobody scanned asks first; one with a virus never leaves the server."""
    file = get_object_or_404(
        PatientFile.objects.visible_to(request.user).select_related("patient__location"), public_id=public_id
    )
    saw(
        request,
        subject="file",
        subject_id=file.public_id,
        patient_id=file.patient_id,
        location_id=file.patient.location_id,
    )
    files.look(file)
    if file.scan == Scan.INFECTED:
        return render(request, "files/infected.html", {"file": file}, status=409)
    understood = request.method == "POST" and "understood" in request.POST
    if file.scan == Scan.WAITING and not understood:
        forgotten = request.method == "POST"
        context = {"file": file, "forgotten": forgotten}
        return render(request, "files/not_scanned.html", context, status=422 if forgotten else 200)
    try:
        return kept.attachment(kept.intact(file.file, file.sha256), f"{file.kind}{file.ending}")
    except kept.Damaged:
        return kept.damaged(request)
