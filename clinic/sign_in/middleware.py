"""Nobody works with a password alone, and nobody stays signed in at a desk that was left."""

import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from clinic.sign_in.leading import say_what_was_lost, to_sign_in

# What a person without a second factor may still open: setting one up, proving who they are, leaving.
OPEN_BEFORE_SECOND_FACTOR = {
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "set_language",
    "livez",
    "readyz",
    "healthz",
    "metrics",
}


class OnlySignedIn(LoginRequiredMiddleware):
    """Leads strangers to the sign-in, whole pages of them.

    A page whose reader is somebody else by now is loaded anew before any part of it is: two people's rows must not
    stand on one page.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        drawn_for = request.headers.get("X-Drawn-For")
        if drawn_for and request.user.is_authenticated and drawn_for != str(request.user.public_id):
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return super().process_view(request, view, args, kwargs)

    def handle_no_permission(self, request: HttpRequest, view: Callable[..., HttpResponse]) -> HttpResponse:
        say_what_was_lost(request, "")
        return to_sign_in(request)


class SecondFactorRequired:
    """Sends signed-in staff without a second factor to set one up before anything else opens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        if request.resolver_match.url_name in OPEN_BEFORE_SECOND_FACTOR or not getattr(view, "login_required", True):
            return None
        if is_mfa_enabled(request.user):
            return None
        return redirect("mfa_activate_totp")


class SignedOutWhenIdle:
    """Ends a session that was not used for STAFF_IDLE_MINUTES, or that is older than a working day.

    A view with `polled = True` is asked for by the page itself: it notices the end, and does not put it off.
    """

    WRITTEN_EVERY = 60  # seconds; a row written on every click would buy nothing

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if is_over(request):
            return sign_out_idle(request)
        now = int(time.time())
        if not getattr(view, "polled", False) and now - request.session["used_at"] >= self.WRITTEN_EVERY:
            request.session["used_at"] = now
        return None


def is_over(request: HttpRequest) -> bool:
    """Say whether nobody used this session for too long, or it is a day old."""
    now = int(time.time())
    began = request.session.setdefault("began_at", now)
    used = request.session.setdefault("used_at", now)
    return now - used > settings.STAFF_IDLE_MINUTES * 60 or now - began > settings.SESSION_COOKIE_AGE


def sign_out_idle(request: HttpRequest, *, then: str = "") -> HttpResponse:
    """End the session, and lead to the sign-in with the reason."""
    logout(request)
    say_what_was_lost(request, "You were signed out, because nobody used this page for a while.")
    return to_sign_in(request, then=then)
