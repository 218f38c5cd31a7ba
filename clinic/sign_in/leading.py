"""The way to the sign-in, and from there back to the page that is open."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from clinic.typed.actions import refused


def to_sign_in(request: HttpRequest, *, then: str = "") -> HttpResponse:
    """Lead to the sign-in, and by it to `then`, or to where this request was going.

    A part of a page that asks for itself leads the whole page there: htmx would put the sign-in in its place.
    """
    login = resolve_url(settings.LOGIN_URL)
    if request.headers.get("HX-Request"):
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        here = page.path + (f"?{page.query}" if page.query else "")
        return HttpResponse(status=204, headers={"HX-Redirect": redirect_to_login(of_ours(here), login).url})
    return redirect_to_login(then or request.get_full_path(), login)


def of_ours(address: str) -> str:
    """Return an address of ours as it is, and the first page for any other."""
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def say_what_was_lost(request: HttpRequest, why: str) -> None:
    """Say why somebody has to sign in, and what became of what they had just sent."""
    if getattr(request, "typed_by", None):
        refused(request)
        lost = "What you typed was not saved yet. It is kept, and is back when you have signed in."
    elif request.method not in ("GET", "HEAD"):
        lost = "What you had just sent was not saved. Sign in, then press again."
    else:
        lost = why and "Sign in to go on."
    if lost:
        messages.info(request, f"{why} {lost}".strip())
