"""Which patient's status page this browser has open: a signed cookie that names its link, and nothing about anybody.

It closes when nobody used it for PATIENT_IDLE_MINUTES: then the date of birth opens it again. It ends 12 hours after it
was opened, and at once when its link ends or is renewed.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial, wraps
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.links.actions import secret_of
from clinic.links.models import Link
from intake.actions.status_links import link_to_status
from intake.draft import WARNED_FOR, idle_limit, intake_of, sent_from_here, speak
from intake.forms.contact import OpenLinkForm
from intake.link_page import show_link
from intake.models import Patient
from intake.seen import PATIENT, saw_patient
from intake.whose import meant_by

COOKIE = "__Host-status" if settings.PRODUCTION else "plumbline_status"
SALT = "intake.status"
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Visit:
    """One browser on the status page of `patient`, since `began` (seconds, to the millisecond: two may follow fast)."""

    patient: Patient
    link: Link
    began: float
    idle: bool = False


def open_status(request, response, patient):
    """This browser has the status page of `patient` open from now on. Somebody got past the second factor."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(response, patient.language)
    return _keep(response, Visit(patient, link_to_status(patient), _stamp()))


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
        meant = meant_by(request) if request.method == "POST" else None
        if meant and visit and visit.patient.public_id != meant:
            return _of_another(request, meant)
        if visit is None:
            return _closed(request, meant)
        patient = visit.patient
        if shows:
            saw_patient(request, patient, actor=PATIENT)
        request.status_visit = visit
        request.status_idle = {"limit": idle_limit(), "warned_for": WARNED_FOR}
        with timezone.override(patient.location.zone):
            response = view(request, patient, *args, **kwargs)
        return response if COOKIE in response.cookies else _keep(response, visit)

    return opened


def _closed(request, meant):
    """A page nobody used for too long asks for the date of birth again, at its link; what was sent to it waits for
    that. Else, how to get back.
    """
    known = _by_cookie(request)
    if known is None:
        return forget_status(render(request, "status/not_open.html", status=404))
    if request.method != "POST":
        return redirect("link", secret=secret_of(known.link))
    if meant and known.patient.public_id != meant:
        return _of_another(request, meant)
    where = {"to": request.get_full_path(), "lost_file": bool(request.FILES)}
    return show_link(request, known.link, known.patient.location, OpenLinkForm(), status=403, **where)


def _of_another(request, public_id):
    """Sent from a page of one patient after the page of another was opened here: nothing is taken, for neither."""
    patient = get_object_or_404(Patient, public_id=public_id)
    messages.warning(request, _("Another page was opened on this device meanwhile. What you sent was not saved."))
    return redirect("link", secret=secret_of(link_to_status(patient)))


def _stamp() -> float:
    return round(timezone.now().timestamp(), 3)


def _keep(response, visit):
    key = {"l": visit.link.pk.hex, "g": visit.link.generation, "at": visit.began, "used": _stamp()}
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
    patient = Patient.objects.select_related("location").filter(public_id=link.subject_id).first()
    idle = _stamp() - opened["used"] > idle_limit()
    return Visit(patient, link, opened["at"], idle=idle) if patient else None


def _just_sent(request) -> Visit | None:
    """The browser that sent the answers goes straight on, as long as somebody on this page would."""
    intake = intake_of(request)
    if intake is None or not sent_from_here(request, intake):
        return None
    if timezone.now() - intake.submitted_at > timedelta(seconds=idle_limit()):
        return None
    return Visit(intake.patient, link_to_status(intake.patient), intake.submitted_at.timestamp())
