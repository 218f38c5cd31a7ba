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
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from clinic.links.models import Link
from intake.door.contact import OpenLinkForm
from intake.door.form_links import link_of
from intake.door.opens import intake_behind
from intake.door.other_device import tell_of_other_device
from intake.door.status_links import status_link_of
from intake.door.whose import OF_FORM, OPENS_FORM, Use, meant_by, named
from intake.models import Intake

COOKIE = "__Host-intake" if settings.PRODUCTION else "plumbline_intake"
SALT = "intake.draft"
OPEN_FOR = timedelta(hours=24)  # a limit over 20 hours needs no warning before it ends
SENT_AGAIN = 307  # the browser sends what it sent before once more, to where it was meant
WARNED_FOR = 120  # seconds between the warning and the end of an idle form


def remember(request, response, intake: Intake):
    """This browser has `intake` open from now on, as long as its link is not withdrawn.

    Without a living link nothing is opened, and the next page says so.
    """
    now, link = _stamp(), link_of(intake)
    if link:
        _keep(response, _key(link) | {"at": now, "used": now})
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(response, intake.language)
    return response


def reopen(request, response, intake):
    """A form that was closed is in use again, by the link as it is now; it was opened when it was.

    One that this browser does not know is opened now.
    """
    opened, link = _known(request), link_of(intake)
    began = opened["at"] if opened and opened["i"] == intake.public_id.hex else _stamp()
    return _keep(response, _key(link) | {"at": began, "used": _stamp()}) if link else response


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


def has_sent(request, response, intake):
    """The answers were just sent from this browser: it goes on seeing what no other one does.

    To the status page it comes by the link that stands at this moment, and by no later one.
    """
    status = status_link_of(intake.patient)
    sent = [status.pk.hex, status.generation] if status else True
    return _keep(response, _known(request) | {"used": _stamp(), "sent": sent})


def sent_from_here(request, intake) -> bool:
    """True in the browser the answers were sent from, and in no other that had the form open before or after."""
    opened = _known(request)
    return bool(opened and intake.submitted_at and opened["i"] == intake.public_id.hex and opened.get("sent"))


def status_link_sent_with(request, intake) -> Link | None:
    """The link to the status page that stood when this browser sent the answers, while that very one lives."""
    if not sent_from_here(request, intake):
        return None
    sent, link = _known(request)["sent"], status_link_of(intake.patient)
    return link if link and sent == [link.pk.hex, link.generation] else None


def knows(request, link) -> bool:
    """Whether this browser has been on that link before."""
    opened = _known(request)
    return bool(opened and opened.get("l") == link.pk.hex)


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


def _key(link) -> dict:
    """`n`: how often the link had been opened when this browser last heard of it."""
    return {"i": link.subject_id.hex, "l": link.pk.hex, "g": link.generation, "n": link.opened_count}


def _closed(opened, intake) -> bool:
    """Nobody used it for too long, or its link was renewed, which anybody may ask for: the date of birth opens it."""
    return _stamp() - opened["used"] > idle_limit() or _renewed(opened, intake)


def _renewed(opened, intake) -> bool:
    return opened["g"] != intake.link.generation


def _intake(opened) -> Intake | None:
    """The intake of a cookie, as long as the very link that opened it lives; a renewed one is the same link."""
    pk = UUID(opened.get("l", opened["i"]))
    return intake_behind(Link.objects.live().filter(pk=pk, subject_id=UUID(opened["i"])).first())


def _meant(request, use: Use) -> tuple[dict | None, Intake | None]:
    """What this browser knows of the form that a page belongs to, and that form.

    It is the one open here unless the page says another; then this browser knows nothing of it, and it is there only
    while the very link lives by which the page was opened.
    """
    known = _known(request)
    intake = _intake(known) if known else None
    meant = meant_by(request, use) if request.method == "POST" else None
    if meant is None or (intake and intake.public_id == meant.subject):
        return known, intake
    return None, intake_behind(meant.link)


def _link_here(request, intake) -> tuple[str, int]:
    """The link and generation by which this browser came to `intake`: those its pages name, never newer ones."""
    if knows(request, intake.link):
        opened = _known(request)
        return opened["l"], opened["g"]
    return intake.link.pk.hex, intake.link.generation


def patient_page(view=None, *, idle_ends=True, shows=True):
    """A page of the intake this browser has open, given to the view as its second argument.

    Without one, a plain page says how to get back. When nobody used it for too long, the date of birth is asked first,
    and what was just sent waits for it. The same when it was sent from a page of another form than the one open now:
    it waits for the date of birth of the form it belongs to. `idle_ends=False` is for the page that must never close.
    `shows=False` is for what shows nothing of anybody: it takes what was sent for the form it belongs to, idle or not,
    but nothing from a browser whose link was renewed since. Neither wakes an idle form. Times on the page are those of
    the patient's location.
    """
    if view is None:
        return partial(patient_page, idle_ends=idle_ends, shows=shows)

    @login_not_required
    @wraps(view)
    def opened(request, *args, **kwargs):
        known, intake = _meant(request, OF_FORM)
        if intake is None:
            return render(request, "intake/not_open.html", status=404)
        closed = known is None or _closed(known, intake)
        request.open_intake, request.open_key = intake, _link_here(request, intake)
        with timezone.override(intake.patient.location.zone):
            if closed and shows and (idle_ends or known is None):
                return _ask_again(request, intake)
            if not shows and known and _renewed(known, intake):
                return HttpResponse(status=403)
            told = 0 if closed else _told_of_others(request, known, intake)
            response = view(request, intake, *args, **kwargs)
        if closed or COOKIE in response.cookies:
            return response
        return _keep(response, known | {"used": _stamp(), "n": told})

    return opened


def _told_of_others(request, known, intake) -> int:
    told = known.get("n", intake.link.opened_count)
    return tell_of_other_device(request, intake.link, intake.patient.location, told=told)


def _ask_again(request, intake):
    """The form is closed. What was sent goes along, hidden, until the date of birth is right.

    A page asks for follow-up questions before anything is sent. That of another form than the one open here gets none:
    led away, it would turn without a word into the same page of that other form.
    """
    if request.headers.get("HX-Request"):
        if not knows(request, intake.link):
            return HttpResponse(status=204)
        here = _path(request.headers.get("HX-Current-URL", ""))
        return HttpResponse(status=204, headers={"HX-Redirect": resume_address(here)})
    if request.method in ("GET", "HEAD"):
        return redirect(resume_address(request.get_full_path()))
    sent = {} if request.FILES else {name: values for name, values in request.POST.lists() if goes_along(name)}
    return show_resume(request, intake, OpenLinkForm(prefix="confirm"), to=request.get_full_path(), sent=sent)


def closed_intake_of(request) -> Intake | None:
    """The form whose date of birth is asked: the one the page that asks belongs to, else the one this browser knows."""
    return _meant(request, OPENS_FORM)[1]


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


def confirms(request, intake) -> str:
    """What the page that asks for the date of birth says of itself."""
    return named(*_link_here(request, intake), OPENS_FORM)


def show_resume(request, intake, form, *, to, sent=None, spoken=""):
    """The page that asks for the date of birth. `sent`: names to values of what waits for it. `spoken`: the language
    that was chosen here.
    """
    carried = [(name, value) for name, values in (sent or {}).items() for value in values]
    another, generation = not knows(request, intake.link), _link_here(request, intake)[1]
    context = {"form": form, "location": intake.patient.location, "to": to, "carried": carried}
    context |= {"lost_file": bool(request.FILES), "another": another, "confirms": confirms(request, intake)}
    context |= {"spoken": spoken, "renewed": generation != intake.link.generation}
    status = 422 if form.errors else 403 if request.method == "POST" else 200
    return render(request, "intake/resume.html", context, status=status)


def language_of(request) -> str:
    """The language the page is read in, as the protocol names it."""
    return (translation.get_language() or "en").split("-")[0]
