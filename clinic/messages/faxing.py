"""Faxes through any HTTP gateway, and what became of them.

`FAX_URL` takes a POST of JSON, `{"id", "to", "pages", "pdf"}` with the PDF in base64, and answers 2xx when it has it. A
GET of `FAX_URL/<id>` says what became of it: `{"state": "waiting" | "sent" | "failed", "why", "confirmation"}`.
"""

import base64
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.conf import settings

from clinic.contact import phones
from clinic.messages.gateway import Gateway

PATIENCE = 30  # seconds: a fax is some megabytes


class Went(StrEnum):
    """What became of a fax, as the gateway says."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """`why` it failed, or the number by which the gateway confirms that it was sent."""

    went: Went
    why: str = ""
    confirmation: str = ""


def configured() -> bool:
    """Say whether faxes can be sent from here."""
    return bool(settings.FAX_URL)


def send_fax(id_: UUID, number: str, pdf: bytes, pages: int) -> None:
    """Hand one fax over. Raises GatewayRefused or GatewayInDoubt."""
    to = phones.read(number).dialed or number
    _gateway().hand_over({"id": str(id_), "to": to, "pages": pages, "pdf": base64.b64encode(pdf).decode()})


def result_of(id_: UUID | None) -> Result:
    """Ask what became of one.

    An answer that says nothing known is "waiting". Raises as `send_fax` does.
    """
    said = _gateway().ask(str(id_))
    known = {state.value for state in Went}
    state = said.get("state")
    went = Went(state) if isinstance(state, str) and state in known else Went.WAITING
    return Result(went, _plain(said.get("why")), _plain(said.get("confirmation")))


def _plain(value: object) -> str:
    """Return a few printable words of another's answer."""
    return "".join(sign for sign in str(value or "") if sign.isprintable())[:120].strip()


def _gateway() -> Gateway:
    return Gateway(settings.FAX_URL, settings.FAX_TOKEN, "gateway for faxes", "fax", PATIENCE)
