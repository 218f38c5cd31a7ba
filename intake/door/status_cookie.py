"""Which patient's status page this browser has open: a signed cookie that names its link, and nothing about anybody.

It closes when nobody used it for PATIENT_IDLE_MINUTES: then the date of birth opens it again. It ends 12 hours after it
was opened, and at once when its link ends or is renewed.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial, wraps
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.links.models import Link
from intake.door.contact import OpenLinkForm
from intake.door.draft import WARNED_FOR, idle_limit, intake_of, speak, status_link_sent_with
from intake.door.link_page import show_link
from intake.door.opens import patient_behind
from intake.door.other_device import tell_of_other_device
from intake.door.whose import OF_STATUS, OPENS_STATUS, STATUS_OPEN_FOR, Meant, meant_by, named
from intake.models import Patient
from intake.seen import PATIENT, saw_patient

COOKIE = "__Host-status" if settings.PRODUCTION else "plumbline_status"
SALT = "intake.status"
LONGEST = STATUS_OPEN_FOR


@dataclass(frozen=True)
class Visit:
    """One browser on the status page of `patient`, since `began` (seconds, to the millisecond: two may follow fast).

    `told`: how often the link had been opened when this browser last heard of it.
    """

    patient: Patient
    link: Link
    began: float
    told: int = 0
    idle: bool = False


def open_status(request, response, patient, link):
    """This browser has the status page of `patient` open from now on. Somebody got past the second factor of `link`."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(response, patient.language)
    link.refresh_from_db(fields=["opened_count"])
    return _keep(response, Visit(patient, link, _stamp(), told=link.opened_count))


def knows(request, link) -> bool:
    """Whether this browser has been on that link before."""
    visit = _by_cookie(request)
    return visit is not None and visit.link == link


def closed_link_of(request) -> Link | None:
    """The link whose date of birth is asked: the one the page that asks was drawn for, else the one known here."""
    meant = meant_by(request, OPENS_STATUS) if request.method == "POST" else None
    if meant:
        return meant.link
    known = _by_cookie(request)
    return known.link if known else None


def confirms(link) -> str:
    """What the page that asks for the date of birth says of itself."""
    return named(link.pk, link.generation, OPENS_STATUS)


def not_open(request):
    """How to get back. What was sent is not saved, and the page says so."""
    return render(request, "status/not_open.html", status=404)


def forget_status(response):
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def patient_of(request) -> Patient | None:
    """The patient whose status page this browser has open, with their location; None without a good cookie."""
    visit = visit_of(request)
    return visit.patient if visit else None


def visit_of(request) -> Visit | None:
    """The page that is open; on a phone of two patients that of whoever opened theirs, or sent a form, last."""
    known, sent = _by_cookie(request), _just_sent(request)
    if known is None or known.idle:
        return sent
    return sent if sent and sent.patient != known.patient and sent.began > known.began else known


def status_page(view=None, *, shows=True):
    """A page of the patient whose status this browser has open, given to the view as its second argument.

    The access log is written before the view is called, unless it `shows` nothing. Times on the page are those of the
    patient's location, and it warns before it closes. Without an open status page, a plain page says how to get back.
    What is sent from a page of another patient is not taken; that patient's date of birth is asked. What is sent to an
    idle page waits for the date of birth.
    """
    if view is None:
        return partial(status_page, shows=shows)

    @login_not_required
    @wraps(view)
    def opened(request, *args, **kwargs):
        visit = visit_of(request)
        meant = meant_by(request, OF_STATUS) if request.method == "POST" else None
        if meant and visit and visit.patient.public_id != meant.subject:
            return _of_another(request, meant)
        if visit is None:
            return _closed(request, meant)
        patient = visit.patient
        told = tell_of_other_device(request, visit.link, patient.location, told=visit.told)
        visit = replace(visit, told=told)
        if shows:
            saw_patient(request, patient, actor=PATIENT)
        request.status_visit = visit
        request.status_idle = {"limit": idle_limit(), "warned_for": WARNED_FOR}
        with timezone.override(patient.location.zone):
            response = view(request, patient, *args, **kwargs)
        return response if COOKIE in response.cookies else _keep(response, visit)

    return opened


def _closed(request, meant: Meant | None):
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


def _of_another(request, meant: Meant):
    """Sent from a page of one patient after the page of another was opened here: nothing is taken, for neither.

    While the link lives that the page was open by, its date of birth opens it again. No page leads to another one.
    """
    patient = patient_behind(meant.link)
    if patient is None:
        return not_open(request)
    messages.warning(request, _("Another page was opened on this device meanwhile. What you sent was not saved."))
    return _ask_again(request, meant.link, patient)


def _ask_again(request, link, patient, **waits):
    page = {"action": reverse("status_resume"), "confirms": confirms(link)}
    return show_link(request, link, patient.location, OpenLinkForm(), status=403, **page, **waits)


def _stamp() -> float:
    return round(timezone.now().timestamp(), 3)


def _keep(response, visit):
    key = {"l": visit.link.pk.hex, "g": visit.link.generation, "at": visit.began, "used": _stamp()}
    key["n"] = visit.told
    response.set_cookie(
        COOKIE,
        signing.dumps(key, salt=SALT),
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
    )
    return response


def _by_cookie(request) -> Visit | None:
    try:
        opened = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        return None
    if _stamp() - opened["at"] > LONGEST.total_seconds():
        return None
    links = Link.objects.live().filter(purpose=Link.Purpose.STATUS)
    link = links.filter(pk=UUID(opened["l"]), generation=opened["g"]).first()
    if link is None:
        return None
    patient, idle = patient_behind(link), _stamp() - opened["used"] > idle_limit()
    told = opened.get("n", link.opened_count)
    return Visit(patient, link, opened["at"], told=told, idle=idle) if patient else None


def _just_sent(request) -> Visit | None:
    """The browser that sent the answers goes straight on, as long as somebody on this page would."""
    intake = intake_of(request)
    link = status_link_sent_with(request, intake) if intake else None
    if link is None:
        return None
    if timezone.now() - intake.submitted_at > timedelta(seconds=idle_limit()):
        return None
    return Visit(intake.patient, link, intake.submitted_at.timestamp(), told=link.opened_count)
