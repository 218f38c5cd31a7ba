"""The number of a request: the same in the proxy's log, in each line of ours, and in the head of the answer."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

HEADER = "X-Request-ID"
# Digits of hexadecimal, more of them than a phone number or a date has: nothing of a person fits in.
SANE = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
current: ContextVar[str] = ContextVar("request_id", default="")


class Numbered:
    """Give each request its number.

    The proxy's where we believe the proxy, else one of our own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "") if settings.TRUSTED_PROXIES else ""
        number = given if SANE.fullmatch(given) else uuid.uuid4().hex
        before = current.set(number)
        try:
            response = self.get_response(request)
        finally:
            current.reset(before)
        response.headers[HEADER] = number
        return response
