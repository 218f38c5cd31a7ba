"""A server on which no clinic was set up yet says so, to patients and to whoever wants to sign in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from clinic.staff.models import Location

ENTRANCES = {"home", "guide", "intake_start", "account_login"}  # nobody has a way to any other page yet


class NotSetUpYet:
    """Shows, in place of an entrance, what to do first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.resolver_match.url_name not in ENTRANCES or Location.objects.exists():
            return None
        return render(request, "not_set_up.html", {"command": "manage.py setup_clinic"}, status=503)
