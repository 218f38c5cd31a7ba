"""Nobody works with a password alone, and nobody stays signed in at a desk that was left."""

import time

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url

# What a person without a second factor may still open: setting one up, proving who they are, leaving.
OPEN_BEFORE_SECOND_FACTOR = {
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "set_language",
    "livez",
    "readyz",
}


class SecondFactorRequired:
    """Sends signed-in staff without a second factor to set one up before anything else opens."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
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

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        now = int(time.time())
        began = request.session.setdefault("began_at", now)
        used = request.session.setdefault("used_at", now)
        if now - used > settings.STAFF_IDLE_MINUTES * 60 or now - began > settings.SESSION_COOKIE_AGE:
            return self._sign_out(request)
        if not getattr(view, "polled", False) and now - used >= self.WRITTEN_EVERY:
            request.session["used_at"] = now
        return None

    def _sign_out(self, request):
        logout(request)
        lost = "" if request.method == "GET" else " What you had just sent was not saved; go back to see it."
        messages.info(
            request, f"You were signed out, because nobody used this page for a while. Sign in to go on.{lost}"
        )
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
        if request.method == "GET":
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        return redirect(settings.LOGIN_URL)
