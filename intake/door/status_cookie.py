"""Which patient's status page this browser has open: a signed cookie that names its link, and nothing about anybody.

It closes when nobody used it for PATIENT_IDLE_MINUTES: then the date of birth opens it again. It ends 12 hours after it
was opened, and at once when its link ends or is renewed.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, overload
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.links.cookie import SignedCookie, stamp
from clinic.links.models import Link
from clinic.staff.models import Location
from intake.door.contact import OpenLinkForm
from intake.door.door import NOBODY, Door, View, page_behind
from intake.door.draft import idle_limit, intake_of, speak, status_link_sent_with
from intake.door.link_page import show_link
from intake.door.opens import patient_behind
from intake.door.other_device import tell_of_other_device
from intake.door.whose import OF_STATUS, OPENS_STATUS, STATUS_OPEN_FOR, Meant, meant_by, named
from intake.models import Patient
from intake.seen import PATIENT, saw_patient

LONGEST = STATUS_OPEN_FOR
COOKIE = SignedCookie("status", salt="intake.status", life=LONGEST)


def _door(patient: Patient, link: Link, *, began: float, told: int, idle: bool = False) -> Door:
    """Return the status page of `patient`, as this browser has it open.

    `began`: when it was opened, in seconds. `told`: how often the link had been opened when this browser last heard
    of it.
    """
    held = {"l": link.pk.hex, "g": link.generation, "at": began, "n": told}
    return Door(
        use=OF_STATUS,
        patient=patient,
        link=link,
        generation=link.generation,
        cookie=COOKIE,
        held=held,
        idle=idle,
    )


def open_status(request: HttpRequest, response: HttpResponse, patient: Patient, link: Link) -> HttpResponse:
    """This browser has the status page of `patient` open from now on. Somebody got past the second factor of `link`."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(response, patient.language)
    link.refresh_from_db(fields=["opened_count"])
    return _door(patient, link, began=stamp(), told=link.opened_count).keep_open(response)


def knows(request: HttpRequest, link: Link) -> bool:
    """Whether this browser has been on that link before."""
    known = _by_cookie(request)
    return known is not None and known.link == link


def closed_link_of(request: HttpRequest) -> Link | None:
    """The link whose date of birth is asked: the one the page that asks was drawn for, else the one known here."""
    meant = meant_by(request, OPENS_STATUS) if request.method == "POST" else None
    if meant:
        return meant.link
    known = _by_cookie(request)
    return known.link if known else None


def confirms(link: Link) -> str:
    """What the page that asks for the date of birth says of itself."""
    return named(link.pk, link.generation, OPENS_STATUS)


def not_open(request: HttpRequest) -> HttpResponse:
    """How to get back. What was sent is not saved, and the page says so."""
    return render(request, "status/not_open.html", {"locations": Location.objects.all()}, status=404)


def forget_status(response: HttpResponse) -> HttpResponse:
    return COOKIE.forget(response)


def patient_of(request: HttpRequest) -> Patient | None:
    """The patient whose status page this browser has open, with their location; None without a good cookie."""
    door = status_of(request)
    return door.patient if door else None


def status_of(request: HttpRequest) -> Door | None:
    """Return the status page that is open, or None.

    On a phone of two patients it is that of whoever opened theirs, or sent a form, last.
    """
    known, sent = _by_cookie(request), _just_sent(request)
    if known is None or known.idle:
        return sent
    return sent if sent and sent.patient != known.patient and sent.held["at"] > known.held["at"] else known


@overload
def status_page(view: View, *, shows: bool = True) -> View: ...
@overload
def status_page(view: None = None, *, shows: bool = True) -> Callable[[View], View]: ...
def status_page(view: View | None = None, *, shows: bool = True) -> Any:
    """A page of the patient whose status this browser has open, given to the view as its second argument.

    The access log is written before the view is called, unless it `shows` nothing. Times on the page are those of the
    patient's location, and it warns before it closes. Without an open status page, a plain page says how to get back.
    What is sent from a page of another patient is not taken; that patient's date of birth is asked. What is sent to an
    idle page waits for the date of birth.
    """
    if view is None:
        return partial(status_page, shows=shows)

    return page_behind(partial(_opens, shows=shows), view)


def _opens(request: HttpRequest, *, shows: bool) -> tuple[Door, HttpResponse | None]:
    door = status_of(request)
    meant = meant_by(request, OF_STATUS) if request.method == "POST" else None
    if meant and door and door.patient.public_id != meant.subject:
        return NOBODY, _of_another(request, meant)
    if door is None:
        return NOBODY, _closed(request, meant)
    told = tell_of_other_device(request, door.link, door.patient.location, told=door.held["n"])
    if shows:
        saw_patient(request, door.patient, actor=PATIENT)
    return replace(door, held=door.held | {"n": told}, logged=shows), None


def _closed(request: HttpRequest, meant: Meant | None) -> HttpResponse:
    """A page nobody used for too long asks for the date of birth again; what was sent to it waits for that. Else, how
    to get back.
    """
    known = _by_cookie(request)
    if known is None:
        return forget_status(not_open(request))
    if request.method != "POST":
        return redirect("status_resume")
    if meant and known.patient.public_id != meant.subject:
        return _of_another(request, meant)
    return _ask_again(request, known.link, known.patient, to=request.get_full_path(), lost_file=bool(request.FILES))


def _of_another(request: HttpRequest, meant: Meant) -> HttpResponse:
    """Sent from a page of one patient after the page of another was opened here: nothing is taken, for neither.

    While the link lives that the page was open by, its date of birth opens it again. No page leads to another one.
    """
    patient = patient_behind(meant.link)
    if patient is None:
        return not_open(request)
    messages.warning(request, _("Another page was opened on this device meanwhile. What you sent was not saved."))
    return _ask_again(request, meant.link, patient)


def _ask_again(request: HttpRequest, link: Link, patient: Patient, **waits: Any) -> HttpResponse:
    page = {"action": reverse("status_resume"), "confirms": confirms(link)}
    return show_link(request, link, patient.location, OpenLinkForm(), status=403, **page, **waits)


def _by_cookie(request: HttpRequest) -> Door | None:
    opened = COOKIE.held_by(request)
    if opened is None:
        return None
    links = Link.objects.live().filter(purpose=Link.Purpose.STATUS)
    link = links.filter(pk=UUID(opened["l"]), generation=opened["g"]).first()
    if link is None:
        return None
    patient, idle = patient_behind(link), stamp() - opened["used"] > idle_limit()
    told = opened.get("n", link.opened_count)
    return _door(patient, link, began=opened["at"], told=told, idle=idle) if patient else None


def _just_sent(request: HttpRequest) -> Door | None:
    """The browser that sent the answers goes straight on, as long as somebody on this page would."""
    intake = intake_of(request)
    link = status_link_sent_with(request, intake) if intake else None
    if link is None:
        return None
    if timezone.now() - intake.submitted_at > timedelta(seconds=idle_limit()):
        return None
    return _door(intake.patient, link, began=intake.submitted_at.timestamp(), told=link.opened_count)
