"""Coming back: the link in a mail, keeping a form for later, leaving it on a shared phone."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from clinic.links.actions import Asleep, Wrong, address_of, find, try_open
from clinic.links.models import Link
from clinic.staff.models import Location
from intake.door import draft, status_cookie
from intake.door.contact import OpenLinkForm
from intake.door.door import DoorRequest
from intake.door.draft import forget, patient_page, remember
from intake.door.form_links import keep_for_later
from intake.door.frame import next_address, show
from intake.door.link_page import onwards, show_link
from intake.door.opens import intake_behind, patient_behind
from intake.door.other_device import tell_of_device_before
from intake.door.status_cookie import confirms, forget_status, open_status
from intake.door.switching import as_left, keep_language, keeps_typed, spoken
from intake.models import Intake, Patient


@login_not_required
@sensitive_variables("secret")
@keeps_typed
def link(request: DoorRequest, secret: str) -> HttpResponse:
    """Looking changes nothing and shows only the clinic. The right date of birth, sent by a person, opens it."""
    found = find(secret)
    opens = intake_behind(found) or patient_behind(found)
    if opens is None:
        return render(request, "door/link_ended.html", {"locations": Location.objects.all()}, status=404)
    return _ask(request, found, opens)


@login_not_required
@keeps_typed
def status_resume(request: DoorRequest) -> HttpResponse:
    """The date of birth opens a status page again that was left alone, by the link it was open by and no other."""
    found = status_cookie.closed_link_of(request)
    patient = patient_behind(found)
    if patient is None:
        return status_cookie.not_open(request)
    if request.method != "POST" and status_cookie.patient_of(request):
        return redirect("status")
    return _ask(request, found, patient, action=reverse("status_resume"), confirms=confirms(found))


def _ask(request: DoorRequest, found: Link, opens: Patient | Intake, **page: Any) -> HttpResponse:
    """The page that asks for the date of birth of what `found` opens, and what comes of it."""
    patient = opens if isinstance(opens, Patient) else opens.patient
    says_date = request.method == "POST"
    form = OpenLinkForm(request.POST if says_date else None)
    if request.door.switched:
        as_left(form)
    if says_date and not request.door.switched and form.is_valid():
        opened = try_open(found, form.cleaned_data["date_of_birth"] == patient.date_of_birth)
        if not isinstance(opened, (Asleep, Wrong)):
            return _open(request, found, opens)
        if isinstance(opened, Asleep) or not opened.tries_left:
            return _asleep(request, found, patient)
        form.does_not_match(opened.tries_left)
    elif found.asleep:
        return _asleep(request, found, patient)
    return show_link(request, found, patient.location, form, spoken=spoken(request), **page)


def _open(request: DoorRequest, found: Link, opens: Patient) -> HttpResponse:
    if isinstance(opens, Patient):
        keep_language(request, spoken(request), intake=None, patient=opens)
        if not status_cookie.knows(request, found):
            lasts = status_cookie.LONGEST
            tell_of_device_before(request, found, opens.location, used_at=found.opened_at, lasts=lasts)
        return open_status(request, onwards(request, "status"), opens, found)
    keep_language(request, spoken(request), intake=opens, patient=None)
    if not draft.knows(request, found):
        used_at = found.opened_at or opens.saved_at
        tell_of_device_before(request, found, opens.patient.location, used_at=used_at, lasts=draft.OPEN_FOR)
    address = "intake_done" if opens.submitted_at else next_address(opens)
    return remember(request, redirect(address), opens)


def _asleep(request: DoorRequest, found: Any, patient: Patient) -> HttpResponse:
    context = {"location": patient.location, "link": found}
    return render(request, "door/link_asleep.html", context, status=403)


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: DoorRequest, intake: Intake) -> HttpResponse:
    """Keeps the form for later, and shows how to come back."""
    if intake.submitted_at:
        return redirect("intake_done")
    if request.method == "POST":
        keep_for_later(intake)
        return redirect("intake_save")
    return show(
        request,
        intake,
        "door/kept.html",
        address=address_of(intake.link),
        expires_at=intake.link.expires_at,
        onwards=next_address(intake),
    )


@patient_page
def leave(request: DoorRequest, intake: Intake) -> HttpResponse:
    """Closes the form in this browser, for a phone that others use. What was saved stays saved, with a way back."""
    if request.method == "POST":
        way_back = None if intake.submitted_at else keep_for_later(intake)
        mailed = intake.patient.email and not intake.patient.why_no_mail(asked_for=True)
        address = address_of(way_back) if way_back and not mailed else ""
        left = show(request, intake, "door/left.html", saved_at=None, idle=None, for_whom="", address=address)
        return forget_status(forget(left))
    return show(request, intake, "door/leave.html", onwards=next_address(intake))
