"""Addresses that only take a press: whoever asks for one is led to the page its button stands on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

View = Callable[..., HttpResponseBase]


def pressed_on(page: str, *takes: str) -> Callable[[View], View]:
    """Take POST alone, and lead a GET to `page`.

    `takes` names what its address takes of this one. A sign-in leads back to where somebody was, and that may have been
    a press.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method in ("GET", "HEAD"):
                return redirect(page, **{name: kwargs[name] for name in takes})
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

        return guarded

    return guard
