"""An open form that nobody used for a while: staying, and going on with the date of birth."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from clinic.links.actions import Asleep, Wrong, try_open
from clinic.links.models import Link
from clinic.staff.models import Location
from intake.door.contact import OpenLinkForm
from intake.door.door import DoorRequest
from intake.door.draft import (
    SENT_AGAIN,
    closed_intake_of,
    confirms,
    goes_along,
    intake_of,
    patient_page,
    reopen,
    show_resume,
)
from intake.door.frame import next_address
from intake.door.switching import as_left, keep_language, keeps_typed, spoken
from intake.emergency.safety import asked_again
from intake.models import Intake

SPOKEN = "confirm-spoken"


@patient_page
@require_POST
def stay(request: DoorRequest, intake: Intake) -> HttpResponse:
    """Somebody is still there."""
    return HttpResponse(status=204)


@login_not_required
@keeps_typed(name="confirm-speak")
def resume(request: DoorRequest) -> HttpResponse:
    """The date of birth opens an idle form again; tries are counted like those of its link.

    What was sent when it was idle is then sent again, by the browser, as if nothing had happened.
    """
    intake = closed_intake_of(request)
    if intake is None:
        return render(request, "door/not_open.html", {"locations": Location.objects.all()}, status=404)
    to = _place(request, intake)
    if request.method != "POST" and intake_of(request):
        return redirect(to)
    with timezone.override(intake.patient.location.zone):
        return _resume(request, intake, to)


def _resume(request: DoorRequest, intake: Intake, to: str) -> HttpResponse:
    link = intake.link
    says_date = request.method == "POST" and "confirm-again" not in request.POST
    form = OpenLinkForm(request.POST if says_date else None, prefix="confirm")
    if request.door.switched:
        as_left(form)
    if says_date and not request.door.switched and form.is_valid():
        opened = try_open(link, form.cleaned_data["date_of_birth"] == intake.patient.date_of_birth)
        if not isinstance(opened, (Asleep, Wrong)):
            keep_language(request, spoken(request, SPOKEN), intake=intake, patient=None)
            return reopen(request, _onwards(request, intake, to), intake)
        if isinstance(opened, Asleep) or not opened.tries_left:
            return _asleep(request, intake, link, to)
        form.does_not_match(opened.tries_left)
    elif link.asleep:
        return _asleep(request, intake, link, to)
    waits = {"to": to, "sent": _sent(request), "spoken": spoken(request, SPOKEN)}
    return show_resume(request, intake, form, **waits)


def _sent(request: DoorRequest) -> dict[str, list[str]]:
    """What was sent to an idle form and waits, in the page, for the date of birth."""
    return {name: values for name, values in request.POST.lists() if goes_along(name)}


def _onwards(request: DoorRequest, intake: Intake, to: str) -> HttpResponse:
    """What waited is sent first; with nothing waiting, the safety check may come before the page they were on."""
    if not _sent(request):
        return redirect(next_address(intake) if asked_again(intake) else to)
    response = redirect(to)
    response.status_code = SENT_AGAIN
    return response


def _asleep(request: DoorRequest, intake: Intake, link: Link, to: str) -> HttpResponse:
    """Locked until staff open it. What was sent waits on."""
    carried = [(name, value) for name, values in _sent(request).items() for value in values]
    context = {"location": intake.patient.location, "link": link, "to": to, "carried": carried}
    context["confirms"] = confirms(request, intake)
    return render(request, "door/link_asleep.html", context, status=403)


def _place(request: DoorRequest, intake: Intake) -> str:
    """Where they were; a place of ours only."""
    to = request.POST.get("confirm-to") or request.GET.get("to") or ""
    if url_has_allowed_host_and_scheme(to, allowed_hosts=None) and to.startswith("/"):
        return to
    return next_address(intake)
