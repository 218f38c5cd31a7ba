"""Handing something over to a gateway of whoever runs one, by HTTP: one POST of JSON, safe to send again.

`id` is that of the row, also sent as `Idempotency-Key`: a gateway that knows it does nothing twice.
"""

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

TRY_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
LONGEST_ANSWER = 10_000


class GatewayRefused(Exception):
    """The gateway said no, or could not be reached: it has not taken it."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        self.for_good = for_good
        super().__init__(why)


class GatewayInDoubt(Exception):
    """The line broke after it was handed over: it may have been taken."""


@dataclass(frozen=True)
class Gateway:
    """One gateway.

    `name` and `what` say of it "the gateway for texts refused this text".
    """

    url: str
    token: str
    name: str
    what: str
    patience: int  # seconds

    def hand_over(self, said: dict[str, Any]) -> None:
        """Hand it over; `said` has an `id`. Raises GatewayRefused or GatewayInDoubt."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": said["id"]}
        self._open(self.url, json.dumps(said).encode(), headers)

    def ask(self, id_: str) -> dict[str, Any]:
        """Ask what became of what was handed over. Raises as `hand_over` does."""
        answer = self._open(f"{self.url.rstrip('/')}/{id_}", None, {"Accept": "application/json"})
        try:
            said = json.loads(answer)
        except ValueError as error:
            raise GatewayInDoubt from error
        if not isinstance(said, dict):
            raise GatewayInDoubt
        return said

    def _open(self, url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(url, body, headers)  # noqa: S310 (looked at when settings load)
        try:
            with opener.open(request, timeout=self.patience) as answer:
                return answer.read(LONGEST_ANSWER)
        except urllib.error.HTTPError as error:
            for_good = error.code < HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in TRY_LATER
            asks = f"refused this {self.what}" if for_good else "asked us to try later"
            raise GatewayRefused(f"The {self.name} {asks} ({error.code}).", for_good=for_good) from error
        except urllib.error.URLError as error:  # no name, no line, no TLS: it was never handed over whole
            why = type(error.reason).__name__
            raise GatewayRefused(f"The {self.name} could not be reached ({why}).", for_good=False) from error
        except (OSError, http.client.HTTPException) as error:
            raise GatewayInDoubt from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no gateway elsewhere: token and phone go where the settings say."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


opener = urllib.request.build_opener(_NoRedirect)
