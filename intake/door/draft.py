"""Which intake this browser has open: a signed cookie that holds its key, and nothing about the person.

A form nobody uses for PATIENT_IDLE_MINUTES closes: going on takes the date of birth again, and nothing typed is lost.
A day after it was opened the browser forgets it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, overload
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from clinic.links.cookie import Answer, SignedCookie, stamp
from clinic.links.models import Link
from clinic.staff.models import Location
from intake.door.contact import OpenLinkForm
from intake.door.door import NOBODY, Door, View, enter, page_behind
from intake.door.form_links import link_of
from intake.door.opens import intake_behind
from intake.door.other_device import tell_of_other_device
from intake.door.status_links import status_link_of
from intake.door.whose import OF_FORM, OPENS_FORM, Use, meant_by, named
from intake.models import Intake

OPEN_FOR = timedelta(hours=24)  # a limit over 20 hours needs no warning before it ends
COOKIE = SignedCookie("intake", salt="intake.draft", life=OPEN_FOR)
SENT_AGAIN = 307  # the browser sends what it sent before once more, to where it was meant
WARNED_FOR = 120  # seconds between the warning and the end of an idle form


def remember(request: HttpRequest, response: Answer, intake: Intake) -> Answer:
    """This browser has `intake` open from now on, as long as its link is not withdrawn.

    Without a living link nothing is opened, and the next page says so.
    """
    now, link = stamp(), link_of(intake)
    if link:
        COOKIE.keep(response, _key(link) | {"at": now, "used": now})
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(response, intake.language)
    return response


def reopen(request: HttpRequest, response: Answer, intake: Intake) -> Answer:
    """A form that was closed is in use again, by the link as it is now; it was opened when it was.

    One that this browser does not know is opened now.
    """
    opened, link = COOKIE.held_by(request), link_of(intake)
    began = opened["at"] if opened and opened["i"] == intake.public_id.hex else stamp()
    return COOKIE.keep(response, _key(link) | {"at": began, "used": stamp()}) if link else response


def speak(response: Answer, language: str) -> Answer:
    """Pages are in this language from now on, as if chosen by the switch."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return response


def forget(response: Answer) -> Answer:
    return COOKIE.forget(response)


def intake_of(request: HttpRequest) -> Intake | None:
    """The intake this browser has open, with its patient, location and protocol; None without a good cookie.

    One that nobody used for too long is not open.
    """
    opened = COOKIE.held_by(request)
    intake = _intake(opened) if opened else None
    return intake if intake and not _closed(opened, intake) else None


def known_intake_of(request: HttpRequest) -> Intake | None:
    """The same, but also one that is idle: to ask for the date of birth, and to show nothing of."""
    opened = COOKIE.held_by(request)
    return _intake(opened) if opened else None


def has_sent(request: HttpRequest, response: Answer, intake: Intake) -> Answer:
    """The answers were just sent from this browser: it goes on seeing what no other one does.

    To the status page it comes by the link that stands at this moment, and by no later one.
    """
    status = status_link_of(intake.patient)
    sent = [status.pk.hex, status.generation] if status else True
    return COOKIE.keep(response, COOKIE.held_by(request) | {"used": stamp(), "sent": sent})


def sent_from_here(request: HttpRequest, intake: Intake) -> bool:
    """True in the browser the answers were sent from, and in no other that had the form open before or after."""
    opened = COOKIE.held_by(request)
    return bool(opened and intake.submitted_at and opened["i"] == intake.public_id.hex and opened.get("sent"))


def status_link_sent_with(request: HttpRequest, intake: Intake) -> Link | None:
    """The link to the status page that stood when this browser sent the answers, while that very one lives."""
    if not sent_from_here(request, intake):
        return None
    sent, link = COOKIE.held_by(request)["sent"], status_link_of(intake.patient)
    return link if link and sent == [link.pk.hex, link.generation] else None


def knows(request: HttpRequest, link: Link) -> bool:
    """Whether this browser has been on that link before."""
    opened = COOKIE.held_by(request)
    return bool(opened and opened.get("l") == link.pk.hex)


def idle_limit() -> int:
    """Seconds without a request after which an open form closes."""
    return int(settings.PATIENT_IDLE_MINUTES * 60)


def _key(link: Link) -> dict[str, Any]:
    """`n`: how often the link had been opened when this browser last heard of it."""
    return {"i": link.subject_id.hex, "l": link.pk.hex, "g": link.generation, "n": link.opened_count}


def _closed(opened: dict[str, Any], intake: Intake) -> bool:
    """Nobody used it for too long, or its link was renewed, which anybody may ask for: the date of birth opens it."""
    return stamp() - opened["used"] > idle_limit() or _renewed(opened, intake)


def _renewed(opened: dict[str, Any], intake: Intake) -> bool:
    return opened["g"] != intake.link.generation


def _intake(opened: dict[str, Any]) -> Intake | None:
    """The intake of a cookie, as long as the very link that opened it lives; a renewed one is the same link."""
    pk = UUID(opened.get("l", opened["i"]))
    return intake_behind(Link.objects.live().filter(pk=pk, subject_id=UUID(opened["i"])).first())


def _meant(request: HttpRequest, use: Use) -> tuple[dict[str, Any] | None, Intake | None]:
    """What this browser knows of the form that a page belongs to, and that form.

    It is the one open here unless the page says another; then this browser knows nothing of it, and it is there only
    while the very link lives by which the page was opened.
    """
    known = COOKIE.held_by(request)
    intake = _intake(known) if known else None
    meant = meant_by(request, use, intake and intake.link) if request.method == "POST" else None
    if meant is None or (intake and intake.public_id == meant.subject):
        return known, intake
    return None, intake_behind(meant.link)


def _generation_here(request: HttpRequest, intake: Intake) -> int:
    """Return the generation of the link by which this browser came.

    Its pages name that one, never a newer one.
    """
    if knows(request, intake.link):
        return COOKIE.held_by(request)["g"]
    return intake.link.generation


def _door(request: HttpRequest, intake: Intake, known: dict[str, Any], *, closed: bool) -> Door:
    return Door(
        use=OF_FORM,
        intake=intake,
        patient=intake.patient,
        link=intake.link,
        generation=_generation_here(request, intake),
        cookie=COOKIE,
        held=known or {},
        idle=closed,
        sent_from_here=sent_from_here(request, intake),
    )


@overload
def patient_page(view: View, *, idle_ends: bool = True, shows: bool = True) -> View: ...
@overload
def patient_page(view: None = None, *, idle_ends: bool = True, shows: bool = True) -> Callable[[View], View]: ...
def patient_page(view: View | None = None, *, idle_ends: bool = True, shows: bool = True) -> Any:
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

    return page_behind(partial(_opens, idle_ends=idle_ends, shows=shows), view)


def _opens(request: HttpRequest, *, idle_ends: bool, shows: bool) -> tuple[Door, HttpResponse | None]:
    known, intake = _meant(request, OF_FORM)
    if intake is None:
        return NOBODY, render(request, "door/not_open.html", {"locations": Location.objects.all()}, status=404)
    closed = known is None or _closed(known, intake)
    door = _door(request, intake, known, closed=closed)
    if closed and shows and (idle_ends or known is None):
        enter(request, door)  # the page that asks again names the form it belongs to
        with timezone.override(intake.patient.location.zone):
            return door, _ask_again(request, intake)
    if not shows and known and _renewed(known, intake):
        return door, HttpResponse(status=403)
    return door if closed else _told_of_others(request, door), None


def _told_of_others(request: HttpRequest, door: Door) -> Door:
    told = door.held.get("n", door.link.opened_count)
    told = tell_of_other_device(request, door.link, door.patient.location, told=told)
    return replace(door, held=door.held | {"n": told})


def _ask_again(request: HttpRequest, intake: Intake) -> HttpResponse:
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


def closed_intake_of(request: HttpRequest) -> Intake | None:
    """The form whose date of birth is asked: the one the page that asks belongs to, else the one this browser knows."""
    return _meant(request, OPENS_FORM)[1]


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def goes_along(name: str) -> bool:
    """True for a field that belongs to the page it was sent to, not to the page that asks again."""
    return name != "csrfmiddlewaretoken" and not name.startswith("confirm-")


def resume_address(to: str) -> str:
    return f"{reverse('intake_resume')}?{urlencode({'to': to})}"


def confirms(request: HttpRequest, intake: Intake) -> str:
    """What the page that asks for the date of birth says of itself."""
    return named(intake.link.pk, _generation_here(request, intake), OPENS_FORM)


def show_resume(
    request: HttpRequest,
    intake: Intake,
    form: OpenLinkForm,
    *,
    to: str,
    sent: dict[str, Any] | None = None,
    spoken: str = "",
) -> HttpResponse:
    """The page that asks for the date of birth. `sent`: names to values of what waits for it. `spoken`: the language
    that was chosen here.
    """
    carried = [(name, value) for name, values in (sent or {}).items() for value in values]
    another, generation = not knows(request, intake.link), _generation_here(request, intake)
    context = {"form": form, "location": intake.patient.location, "to": to, "carried": carried}
    context |= {"lost_file": bool(request.FILES), "another": another, "confirms": confirms(request, intake)}
    context |= {"spoken": spoken, "renewed": generation != intake.link.generation}
    status = 422 if form.errors else 403 if request.method == "POST" else 200
    return render(request, "door/resume.html", context, status=status)


def language_of(request: HttpRequest) -> str:
    """The language the page is read in, as the protocol names it."""
    return (translation.get_language() or "en").split("-")[0]
