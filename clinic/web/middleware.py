"""Middleware of the house that belongs to no single part."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class NothingCached:
    """Only static files may be kept by a browser or a proxy; every page may hold someone's data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class Language(LocaleMiddleware):
    """The language the reader chose, else the browser's. Staff pages, and signing in to them, are in English."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        if request.user.is_authenticated or view.__module__.startswith("allauth."):
            translation.activate("en")
            request.LANGUAGE_CODE = "en"
        return None
