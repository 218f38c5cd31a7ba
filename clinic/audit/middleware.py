"""Adds who and where to the history that database triggers keep of every change, and keeps who was refused."""

from collections.abc import Callable
from typing import Any

import pghistory
import pghistory.config
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from clinic.audit.actions import refused


class WhoChangedIt:
    """Staff id and route name go with each change. The path does not: it may hold the secret of a link."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with pghistory.context(user=request.user.pk if request.user.is_authenticated else None):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            pghistory.context(page=request.resolver_match.view_name)
        return None


class WhoWasRefused:
    """Writes a row of the access log when somebody on staff is refused a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, PermissionDenied) and request.user.is_authenticated:
            refused(request)
