"""The second channel: a text message through any HTTP gateway, for whoever does not look at mail at night.

`TEXT_URL` takes a POST of JSON, `{"id", "to", "text"}`, and answers 2xx when it has it. `id` is that of the row, also
sent as `Idempotency-Key`: a gateway that knows it sends no text twice.
"""

import http.client
import json
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Any

from django.conf import settings

PATIENCE = 10  # seconds
TRY_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


class TextRefused(Exception):
    """The gateway said no, or could not be reached: it has not taken the text."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        self.for_good = for_good
        super().__init__(why)


class TextInDoubt(Exception):
    """The line broke after the text was handed over: it may have been taken."""


def send_text(id_, phone: str, words: str) -> None:
    """Hand one text over. Raises TextRefused or TextInDoubt."""
    body = json.dumps({"id": str(id_), "to": phone, "text": words}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(id_)}
    if settings.TEXT_TOKEN:
        headers["Authorization"] = f"Bearer {settings.TEXT_TOKEN}"
    request = urllib.request.Request(settings.TEXT_URL, body, headers)  # noqa: S310 (looked at when settings load)
    try:
        with _opener.open(request, timeout=PATIENCE):
            return
    except urllib.error.HTTPError as error:
        for_good = error.code < HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in TRY_LATER
        asks = "refused this text" if for_good else "asked us to try later"
        raise TextRefused(f"The gateway for texts {asks} ({error.code}).", for_good=for_good) from error
    except urllib.error.URLError as error:  # no name, no line, no TLS: the text was never handed over whole
        why = type(error.reason).__name__
        raise TextRefused(f"The gateway for texts could not be reached ({why}).", for_good=False) from error
    except (OSError, http.client.HTTPException) as error:
        raise TextInDoubt from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no gateway elsewhere: token and phone go where the settings say."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)
