"""Which intake this browser has open: a signed cookie that holds its key, and nothing about the person.

A form nobody uses for PATIENT_IDLE_MINUTES closes: going on takes the date of birth again, and nothing typed is lost.
A day after it was opened the browser forgets it.
"""

from datetime import timedelta
from functools import partial, wraps
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from clinic.links.models import Link
from intake.actions.intakes import link_to
from intake.forms.contact import OpenLinkForm
from intake.models import Intake
from intake.whose import meant_by, named

COOKIE = "__Host-intake" if settings.PRODUCTION else "plumbline_intake"
SALT = "intake.draft"
OPEN_FOR = timedelta(hours=24)  # a limit over 20 hours needs no warning before it ends
CONFIRMS = "confirm-whose"  # the field of the page that asks for the date of birth
SENT_AGAIN = 307  # the browser sends what it sent before once more, to where it was meant
WARNED_FOR = 120  # seconds between the warning and the end of an idle form


def remember(request, response, intake: Intake):
    """This browser has `intake` open from now on, as long as its link is not withdrawn."""
    now = _stamp()
    _keep(response, _key(intake) | {"at": now, "used": now})
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(response, intake.language)
    return response


def reopen(request, response, intake):
    """A form that was closed is in use again, by the link as it is now; it was opened when it was.

    One that this browser does not know is opened now.
    """
    opened = _known(request)
    began = opened["at"] if opened and opened["i"] == intake.public_id.hex else _stamp()
    return _keep(response, _key(intake) | {"at": began, "used": _stamp()})


def speak(response, language):
    """Pages are in this language from now on, as if chosen by the switch."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return response


def forget(response):
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def intake_of(request) -> Intake | None:
    """The intake this browser has open, with its patient, location and protocol; None without a good cookie.

    One that nobody used for too long is not open.
    """
    opened = _known(request)
    intake = _intake(opened) if opened else None
    return intake if intake and not _closed(opened, intake) else None


def known_intake_of(request) -> Intake | None:
    """The same, but also one that is idle: to ask for the date of birth, and to show nothing of."""
    opened = _known(request)
    return _intake(opened) if opened else None


def has_sent(request, response):
    """The answers were just sent from this browser: it goes on seeing what no other one does."""
    return _keep(response, _known(request) | {"used": _stamp(), "sent": True})


def sent_from_here(request, intake) -> bool:
    """True in the browser the answers were sent from, and in no other that had the form open before or after."""
    opened = _known(request)
    return bool(opened and intake.submitted_at and opened["i"] == intake.public_id.hex and opened.get("sent"))


def idle_limit() -> int:
    """Seconds without a request after which an open form closes."""
    return int(settings.PATIENT_IDLE_MINUTES * 60)


def _stamp() -> int:
    return int(timezone.now().timestamp())


def _keep(response, opened):
    response.set_cookie(
        COOKIE,
        signing.dumps(opened, salt=SALT),
        max_age=int(OPEN_FOR.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
    )
    return response


def _known(request) -> dict | None:
    try:
        opened = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    return opened if _stamp() - opened["at"] <= OPEN_FOR.total_seconds() else None


def _key(intake) -> dict:
    link = link_to(intake)
    return {"i": intake.public_id.hex, "l": link.pk.hex, "g": link.generation}


def _closed(opened, intake) -> bool:
    """Nobody used it for too long, or its link was renewed, which anybody may ask for: the date of birth opens it."""
    return _stamp() - opened["used"] > idle_limit() or opened["g"] != intake.link_generation


def _intake(opened) -> Intake | None:
    """The intake of a cookie, as long as the very link that opened it lives; a renewed one is the same link."""
    return _reachable(UUID(opened["i"]), pk=UUID(opened.get("l", opened["i"])))


def _reachable(public_id, **by) -> Intake | None:
    link = Link.objects.live().filter(purpose=Link.Purpose.INTAKE, subject_id=OuterRef("public_id"), **by)
    found = Intake.objects.annotate(link_generation=Subquery(link.values("generation")[:1]))
    found = found.filter(public_id=public_id, link_generation__isnull=False)
    return found.select_related("patient__location", "protocol").defer("protocol__content").first()


def patient_page(view=None, *, idle_ends=True, shows=True):
    """A page of the intake this browser has open, given to the view as its second argument.

    Without one, a plain page says how to get back. When nobody used it for too long, the date of birth is asked first,
    and what was just sent waits for it. The same when it was sent from a page of another form than the one open now:
    it waits for the date of birth of the form it belongs to. `idle_ends=False` is for the page that must never close.
    `shows=False` is for what shows nothing of anybody: it takes what was sent for the form it belongs to, idle or not.
    Neither wakes an idle form. Times on the page are those of the patient's location.
    """
    if view is None:
        return partial(patient_page, idle_ends=idle_ends, shows=shows)

    @login_not_required
    @wraps(view)
    def opened(request, *args, **kwargs):
        known = _known(request)
        intake = _intake(known) if known else None
        meant = meant_by(request) if request.method == "POST" else None
        if meant and not (intake and intake.public_id == meant):
            known, intake = None, _reachable(meant)
        if intake is None:
            return render(request, "intake/not_open.html", status=404)
        closed = known is None or _closed(known, intake)
        request.open_intake = intake
        with timezone.override(intake.patient.location.zone):
            if closed and shows and (idle_ends or known is None):
                return _ask_again(request, intake)
            response = view(request, intake, *args, **kwargs)
        return response if closed or COOKIE in response.cookies else _keep(response, known | {"used": _stamp()})

    return opened


def _ask_again(request, intake):
    """The form is closed. What was sent goes along, hidden, until the date of birth is right."""
    if request.headers.get("HX-Request"):
        here = _path(request.headers.get("HX-Current-URL", ""))
        return HttpResponse(status=204, headers={"HX-Redirect": resume_address(here)})
    if request.method in ("GET", "HEAD"):
        return redirect(resume_address(request.get_full_path()))
    sent = {} if request.FILES else {name: values for name, values in request.POST.lists() if goes_along(name)}
    return show_resume(request, intake, OpenLinkForm(prefix="confirm"), to=request.get_full_path(), sent=sent)


def closed_intake_of(request) -> Intake | None:
    """The form whose date of birth is asked: the one the page that asks belongs to, else the one this browser knows."""
    meant = meant_by(request, CONFIRMS)
    return _reachable(meant) if meant else known_intake_of(request)


def _path(address) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def goes_along(name) -> bool:
    """True for a field that belongs to the page it was sent to, not to the page that asks again."""
    return name != "csrfmiddlewaretoken" and not name.startswith("confirm-")


def resume_address(to) -> str:
    return f"{reverse('intake_resume')}?{urlencode({'to': to})}"


def show_resume(request, intake, form, *, to, sent=None, spoken=""):
    """The page that asks for the date of birth. `sent`: names to values of what waits for it. `spoken`: the language
    that was chosen here.
    """
    carried = [(name, value) for name, values in (sent or {}).items() for value in values]
    known = _known(request)
    another = known is None or known["i"] != intake.public_id.hex
    context = {"form": form, "location": intake.patient.location, "to": to, "carried": carried}
    context |= {"lost_file": bool(request.FILES), "another": another, "confirms": named(intake.public_id)}
    context["spoken"] = spoken
    context |= {"renewed": not another and known["g"] != intake.link_generation}
    status = 422 if form.errors else 403 if request.method == "POST" else 200
    return render(request, "intake/resume.html", context, status=status)


def language_of(request) -> str:
    """The language the page is read in, as the protocol names it."""
    return (translation.get_language() or "en").split("-")[0]
