"""Finding a patient, and the page of one."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clinic.contact import names
from clinic.messages.reach import carried_by, with_reach
from clinic.staff.models import User
from clinic.staff.permissions import FIND_PATIENTS, SEE_ACCESS_LOG, staff_may
from clinic.staff.request import StaffRequest
from intake.models import AppointmentRequest, Case, Intake, Patient, Urgency
from intake.seen import saw_list, saw_patient
from referrals.desk.looking import LONGEST, LookedFor, read
from referrals.models import Referral
from referrals.patients.entries import Entry, entries, of_cases, of_referrals, of_unsent_forms, of_visits
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


def _open(found: list[Patient], user: User) -> dict[int, list]:
    """Return what is open of each, (words, address): cases to those who see them.

    One question asks for all.
    """

    def theirs(model: Any) -> Any:
        return model.objects.visible_to(user).filter(patient__in=found)

    to_come = Q(starts_at=None) | Q(starts_at__gt=timezone.now())
    still = entries(
        of_cases(theirs(Case).awaiting_decision()),
        of_referrals(theirs(Referral).open()),
        of_visits(theirs(AppointmentRequest).standing().filter(to_come)),
        of_unsent_forms(theirs(Intake)),
    )
    opened: dict[int, list] = defaultdict(list)
    for entry in sorted(still, key=lambda entry: list(OPEN_IN_WORDS).index(entry.sort)):
        opened[entry.patient_id].append(OPEN_IN_WORDS[entry.sort](entry))
    return opened


def _open_case(entry: Entry) -> tuple[str, str]:
    return f"Case, {Urgency(entry.level).label.lower()}", reverse("case", args=[entry.public_id])


def _open_referral(entry: Entry) -> tuple[str, str]:
    return f"Referral, {Referral.Status(entry.stands).label.lower()}", reverse("referral", args=[entry.public_id])


def _open_visit(entry: Entry) -> tuple[str, str]:
    state = AppointmentRequest.State(entry.stands).label.lower()
    return f"Visit, {state}", reverse("appointment_request", args=[entry.public_id])


def _open_form(_entry: Entry) -> tuple[str, str]:
    return "Form not sent", ""


OPEN_IN_WORDS: dict[str, Callable[[Entry], tuple[str, str]]] = {  # in the order they stand beside a name
    "case": _open_case,
    "referral": _open_referral,
    "visit": _open_visit,
    "form": _open_form,
}


@require_safe
@staff_may(FIND_PATIENTS)
def patient(request: StaffRequest, public_id: UUID) -> HttpResponse:
    mine = with_reach(Patient.objects.visible_to(request.user).select_related("location"))
    found = get_object_or_404(mine, public_id=public_id)
    saw_patient(request, found)
    with timezone.override(found.location.zone):
        now, rows = timezone.now(), everything(found, user=request.user)
        context = {
            "patient": found,
            "may_look_back": request.user.may(SEE_ACCESS_LOG),
            "location": found.location,
            "language": dict(settings.LANGUAGES).get(found.language, found.language),
            "reach": carried_by(found),
            "age": found.age_on(timezone.localdate()),
            "on_file": [row for row in rows if row.at <= now],
            "planned": [row for row in reversed(rows) if row.at > now],
        }
        return render(request, "patients/patient.html", context)
