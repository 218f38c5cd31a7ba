"""The patient's own page: how things stand, in plain words."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from intake.draft import forget
from intake.status_cookie import forget_status, status_page


@status_page
@require_safe
def status(request, patient):
    return render(request, "status/status.html", {"patient": patient, "location": patient.location})


@login_not_required
@require_POST
def status_leave(request):
    """Closes the page in this browser, and the form that led to it: for a phone that others use."""
    return forget(forget_status(render(request, "status/left.html")))
