"""Coming back: the link in a mail, keeping a form for later, leaving it on a shared phone."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from clinic.links.actions import Asleep, Wrong, address_of, find, try_open
from clinic.links.models import Link
from intake.actions.intakes import link_to
from intake.draft import forget, patient_page, remember
from intake.forms.contact import OpenLinkForm
from intake.models import Intake
from intake.views.patient_frame import next_address, show


@login_not_required
@sensitive_variables("secret")
def link(request, secret):
    """Looking changes nothing and shows only the clinic. The right date of birth, sent by a person, opens it."""
    found = find(secret)
    intake = _intake_of(found)
    if intake is None:
        return render(request, "intake/link_ended.html", status=404)
    form = OpenLinkForm(request.POST if request.method == "POST" else None)
    wrong = None
    if request.method == "POST" and form.is_valid():
        opened = try_open(found, form.cleaned_data["date_of_birth"] == intake.patient.date_of_birth)
        if not isinstance(opened, (Asleep, Wrong)):
            address = "intake_done" if intake.submitted_at else next_address(intake)
            return remember(request, redirect(address), intake)
        if isinstance(opened, Asleep) or not opened.tries_left:
            return _asleep(request, intake)
        wrong = opened
    elif found.asleep:
        return _asleep(request, intake)
    context = {"form": form, "wrong": wrong, "location": intake.patient.location}
    return render(request, "intake/link.html", context, status=422 if wrong or form.errors else 200)


def _intake_of(found) -> Intake | None:
    if found is None or found.purpose not in (Link.Purpose.INTAKE, Link.Purpose.STATUS):
        return None
    intakes = Intake.objects.select_related("patient__location", "protocol").defer("protocol__content")
    return intakes.filter(public_id=found.subject_id).first()


def _asleep(request, intake):
    return render(request, "intake/link_asleep.html", {"location": intake.patient.location}, status=403)


@patient_page
@require_safe
def kept(request, intake):
    """How to come back. The mail, when there is an address, was put into the outbox by the page before."""
    if intake.submitted_at:
        return redirect("intake_done")
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
    """Closes the form in this browser, for a phone that others use. What was saved stays saved."""
    if request.method == "POST":
        return forget(show(request, intake, "intake/left.html", saved_at=None))
    return show(request, intake, "intake/leave.html", onwards=next_address(intake))
