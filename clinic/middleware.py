"""Middleware of the house that belongs to no single part."""

from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class NothingCached:
    """Only static files may be kept by a browser or a proxy; every page may hold someone's data."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class Language(LocaleMiddleware):
    """The language the reader chose, else the browser's. Staff pages, and signing in to them, are in English."""

    def process_view(self, request, view, args, kwargs):
        if request.user.is_authenticated or view.__module__.startswith("allauth."):
            translation.activate("en")
            request.LANGUAGE_CODE = "en"
        return None
