"""Which intake this browser has open: a signed cookie that holds its key, and nothing about the person."""

from datetime import timedelta
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.utils import timezone, translation

from clinic.links.models import Link
from intake.actions.intakes import link_to
from intake.models import Intake

COOKIE = "plumbline_intake"
SALT = "intake.draft"
OPEN_FOR = timedelta(hours=24)  # a limit over 20 hours needs no warning before it ends


def remember(request, response, intake: Intake):
    """This browser has `intake` open from now on, as long as its link is not withdrawn."""
    opened = _opened(request)
    same = opened is not None and opened["i"] == intake.public_id.hex
    generation = opened["g"] if same else link_to(intake).generation
    key = signing.dumps({"i": intake.public_id.hex, "g": generation, "at": _stamp()}, salt=SALT)
    response.set_cookie(
        COOKIE, key, max_age=int(OPEN_FOR.total_seconds()), httponly=True, samesite="Lax", secure=settings.PRODUCTION
    )
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(response, intake.language)
    return response


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
    """The intake this browser has open, with its patient, location and protocol; None without a good cookie."""
    opened = _opened(request)
    if opened is None:
        return None
    link = Link.objects.live().filter(
        purpose=Link.Purpose.INTAKE, subject_id=OuterRef("public_id"), generation=opened["g"]
    )
    found = Intake.objects.filter(Exists(link), public_id=UUID(opened["i"]))
    return found.select_related("patient__location", "protocol").defer("protocol__content").first()


def opened_before_submission(request, intake) -> bool:
    """True in the browser that was answering when the answers were sent, and not in one opened later."""
    opened = _opened(request)
    return bool(opened and intake.submitted_at and opened["at"] <= intake.submitted_at.timestamp())


def _stamp() -> int:
    return int(timezone.now().timestamp())


def _opened(request) -> dict | None:
    try:
        opened = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    return opened


def patient_page(view):
    """A page of the intake this browser has open, given to the view as its second argument.

    Without one, a plain page says how to get back. Times on the page are those of the patient's location.
    """

    @login_not_required
    @wraps(view)
    def opened(request, *args, **kwargs):
        intake = intake_of(request)
        if intake is None:
            return render(request, "intake/not_open.html", status=404)
        with timezone.override(intake.patient.location.zone):
            return view(request, intake, *args, **kwargs)

    return opened


def language_of(request) -> str:
    """The language the page is read in, as the protocol names it."""
    return (translation.get_language() or "en").split("-")[0]
