"""Coming back: the link in a mail, keeping a form for later, leaving it on a shared phone."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from clinic.links.actions import Asleep, Wrong, address_of, find, try_open
from clinic.links.models import Link
from intake.actions.intakes import keep_for_later, link_to
from intake.draft import forget, patient_page, remember
from intake.forms.contact import OpenLinkForm
from intake.link_page import onwards, show_link
from intake.models import Intake, Patient
from intake.status_cookie import forget_status, open_status
from intake.views.patient_frame import next_address, show
from intake.views.switching import as_left, keep_language, keeps_typed, spoken


@login_not_required
@sensitive_variables("secret")
@keeps_typed
def link(request, secret):
    """Looking changes nothing and shows only the clinic. The right date of birth, sent by a person, opens it."""
    found = find(secret)
    opens = _what_it_opens(found)
    if opens is None:
        return render(request, "intake/link_ended.html", status=404)
    patient = opens if found.purpose == Link.Purpose.STATUS else opens.patient
    form = OpenLinkForm(request.POST if request.method == "POST" else None)
    if request.switched:
        as_left(form)
    if request.method == "POST" and not request.switched and form.is_valid():
        opened = try_open(found, form.cleaned_data["date_of_birth"] == patient.date_of_birth)
        if not isinstance(opened, (Asleep, Wrong)):
            return _open(request, opens)
        if isinstance(opened, Asleep) or not opened.tries_left:
            return _asleep(request, found, patient)
        form.does_not_match(opened.tries_left)
    elif found.asleep:
        return _asleep(request, found, patient)
    return show_link(request, found, patient.location, form, spoken=spoken(request))


def _what_it_opens(found) -> Intake | Patient | None:
    if found is None:
        return None
    if found.purpose == Link.Purpose.STATUS:
        return Patient.objects.select_related("location").filter(public_id=found.subject_id).first()
    if found.purpose == Link.Purpose.INTAKE:
        intakes = Intake.objects.select_related("patient__location", "protocol").defer("protocol__content")
        return intakes.filter(public_id=found.subject_id).first()
    return None


def _open(request, opens):
    if isinstance(opens, Patient):
        keep_language(request, spoken(request), intake=None, patient=opens)
        return open_status(request, onwards(request, "status"), opens)
    keep_language(request, spoken(request), intake=opens, patient=None)
    address = "intake_done" if opens.submitted_at else next_address(opens)
    return remember(request, redirect(address), opens)


def _asleep(request, found, patient):
    context = {"location": patient.location, "link": found}
    return render(request, "intake/link_asleep.html", context, status=403)


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request, intake):
    """Keeps the form for later, and shows how to come back."""
    if intake.submitted_at:
        return redirect("intake_done")
    if request.method == "POST":
        keep_for_later(intake)
        return redirect("intake_save")
    way_back = link_to(intake)
    return show(
        request,
        intake,
        "intake/kept.html",
        address=address_of(way_back),
        expires_at=way_back.expires_at,
        onwards=next_address(intake),
    )


@patient_page
def leave(request, intake):
    """Closes the form in this browser, for a phone that others use. What was saved stays saved, with a way back."""
    if request.method == "POST":
        way_back = None if intake.submitted_at else keep_for_later(intake)
        mailed = intake.patient.email and not intake.patient.why_no_mail(asked_for=True)
        address = address_of(way_back) if way_back and not mailed else ""
        left = show(request, intake, "intake/left.html", saved_at=None, idle=None, address=address)
        return forget_status(forget(left))
    return show(request, intake, "intake/leave.html", onwards=next_address(intake))
