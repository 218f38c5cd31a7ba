"""The database is locked, full or away for a moment: 503, and what was typed is offered again."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

log = logging.getLogger(__name__)

PASSING = (
    "08",  # the connection broke
    "40",  # two at once: one is asked to try again
    "53",  # no room: disk, memory, connections
    "55",  # a lock did not come free in time
    "57",  # a statement took too long, or the server is starting or stopping
)
PASSWORDS = {"password", "password1", "password2", "oldpassword"}
CODES = {"code", "current", "handed_over"}
NEVER_KEPT = {"csrfmiddlewaretoken"} | PASSWORDS | CODES
NOT_SENT_AGAIN = ("account_", "mfa_", "replace_second_step")  # what signs somebody in is typed each time
MOST_KEPT = 200  # fields; more than any form of ours has


class BusyDatabase:
    """Turns an error of the database that will pass into 503 with a way to send the same again.

    Anything else is an error of ours and stays a 500. Fields stand hidden in the page, as they stood in the form;
    passwords, codes and files do not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not passes(error):
            return None
        log.error("%s: the database could not answer (%s)", request.resolver_match.view_name, _state(error) or "away")
        return busy(request)


def passes(error: BaseException) -> bool:
    """True for an error of the database that a moment later may be gone.

    Of the line to it, too.
    """
    if not isinstance(error, Error):
        return False
    state = _state(error)
    lost = type(error).__name__ in ("OperationalError", "InterfaceError")
    return state.startswith(PASSING) or (not state and lost)


def _state(error: BaseException) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def offered_again(request: HttpRequest) -> dict[str, Any]:
    """Return what a page needs to send the same once more, by a button."""
    match = request.resolver_match
    sent_again = request.method == "POST" and bool(match) and not match.view_name.startswith(NOT_SENT_AGAIN)
    kept = [(name, value) for name, values in request.POST.lists() for value in values] if sent_again else []
    return {
        "sent_again": sent_again,
        "kept": [(name, value) for name, value in kept if name not in NEVER_KEPT][:MOST_KEPT],
        "files": bool(sent_again and request.FILES),
    }


def busy(request: HttpRequest) -> HttpResponse:
    """Show the page. It reads nothing from the database, which has just refused."""
    response = render(request, "503.html", offered_again(request), status=503)
    response["Retry-After"] = "30"
    return response
