"""The page that asks for the date of birth before a link opens. What was sent to a closed page waits there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from clinic.links.models import Link
from clinic.staff.models import Location
from intake.door.contact import OpenLinkForm
from intake.door.draft import SENT_AGAIN, goes_along

OWN = ("date_of_birth_month", "date_of_birth_day", "date_of_birth_year", "speak", "spoken")  # fields of this page
TO = "confirm-to"


def show_link(
    request: HttpRequest,
    link: Link,
    location: Location,
    form: OpenLinkForm,
    *,
    status: int | None = None,
    to: str = "",
    lost_file: bool = False,
    spoken: str = "",
    action: str = "",
    confirms: str = "",
) -> HttpResponse:
    """Ask for the date of birth.

    `to` is the page that something was sent to just now; else it is what this page carried before. `spoken`: the
    language that was chosen here. `action`: where the date goes, this very address when it is "". `confirms`: what the
    page says of itself; the secret stands on no page.
    """
    sent = [(name, value) for name, values in request.POST.lists() if _waits(name) for value in values]
    to = to or _place(request)
    context = {"form": form, "location": location, "link": link, "action": action, "confirms": confirms}
    context |= {"to": to, "carried": sent if to and not lost_file else [], "lost_file": lost_file, "spoken": spoken}
    with timezone.override(location.zone):
        return render(request, "door/link.html", context, status=status or (422 if form.errors else 200))


def onwards(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To where something waits to be sent, by the browser and once more; else to `otherwise`."""
    to = _place(request)
    response = redirect(to or otherwise)
    if to:
        response.status_code = SENT_AGAIN
    return response


def _waits(name: str) -> bool:
    return goes_along(name) and name not in OWN


def _place(request: HttpRequest) -> str:
    to = request.POST.get(TO, "")
    return to if to.startswith("/") and url_has_allowed_host_and_scheme(to, allowed_hosts=None) else ""
