"""Finding a patient, and the page of one."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clinic.contact import names
from clinic.messages.reach import reach_of
from clinic.staff.models import User
from clinic.staff.permissions import FIND_PATIENTS, SEE_ACCESS_LOG, staff_may
from clinic.staff.request import StaffRequest
from intake.models import AppointmentRequest, Case, Intake, Patient
from intake.seen import saw_list, saw_patient
from referrals.desk.looking import LONGEST, LookedFor, read
from referrals.models import Referral
from referrals.patients.on_file import everything

LOOKED_FOR = "looked_for"  # in the session: no address and no log names a patient, and "back" shows the list again
SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(FIND_PATIENTS)
def patients(request: StaffRequest) -> HttpResponse:
    """Show whom the words may mean; one is a list too, because people confirm it."""
    if request.method == "POST":
        request.session[LOOKED_FOR] = request.POST.get("looked_for", "")[:LONGEST]
        return redirect("patients")
    looked = read(request.session.get(LOOKED_FOR, ""))
    found = _found(looked, request.user) if looked.is_enough else []
    saw_list(request, (), found=found[:SHOWN], subject_id="search")
    opened = _open(found[:SHOWN], request.user)
    context = {
        "looked": looked,
        "rows": [{"patient": patient, "open": opened[patient.pk]} for patient in found[:SHOWN]],
        "are_more": len(found) > SHOWN,
        "most": SHOWN,
        "days": sorted(looked.days),
        "longest": LONGEST,
    }
    return render(request, "patients/search.html", context)


def _found(looked: LookedFor, user: User) -> list[Patient]:
    """Return at most one more than is shown, by name.

    The database sorts nothing: thousands may be called Garcia.
    """
    fitting = Patient.objects.visible_to(user).fitting(looked.query).select_related("location")[: SHOWN + 1]
    return sorted(fitting, key=lambda one: (names.letters(one.last_name), names.letters(one.first_name), one.pk))


def _open(found: Any, user: User) -> dict[int, list]:
    """Return what is open of each, (words, address): cases to those who see them."""
    now, opened = timezone.now(), defaultdict(list)
    for case in Case.objects.visible_to(user).awaiting_decision().filter(patient__in=found):
        opened[case.patient_id].append((f"Case, {case.tier.label.lower()}", case.get_absolute_url()))
    for referral in Referral.objects.visible_to(user).open().filter(patient__in=found):
        words = f"Referral, {referral.get_status_display().lower()}"
        opened[referral.patient_id].append((words, reverse("referral", args=[referral.public_id])))
    for visit in AppointmentRequest.objects.visible_to(user).standing().filter(patient__in=found):
        if visit.starts_at is None or visit.starts_at > now:
            words = f"Visit, {visit.get_state_display().lower()}"
            opened[visit.patient_id].append((words, reverse("appointment_request", args=[visit.public_id])))
    for form in Intake.objects.visible_to(user).filter(patient__in=found, submitted_at=None):
        opened[form.patient_id].append(("Form not sent", ""))
    return opened


@require_safe
@staff_may(FIND_PATIENTS)
def patient(request: StaffRequest, public_id: UUID) -> HttpResponse:
    mine = Patient.objects.visible_to(request.user).select_related("location")
    found = get_object_or_404(mine, public_id=public_id)
    saw_patient(request, found)
    with timezone.override(found.location.zone):
        now, rows = timezone.now(), everything(found, user=request.user)
        context = {
            "patient": found,
            "may_look_back": request.user.may(SEE_ACCESS_LOG),
            "location": found.location,
            "language": dict(settings.LANGUAGES).get(found.language, found.language),
            "reach": reach_of(found.public_id, found.email),
            "age": found.age_on(timezone.localdate()),
            "on_file": [row for row in rows if row.at <= now],
            "planned": [row for row in reversed(rows) if row.at > now],
        }
        return render(request, "patients/patient.html", context)
