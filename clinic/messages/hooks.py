"""The entry for reports of mail providers, each signed in its way. An unsigned, old or unknown one changes nothing.

Providers put an envelope address of their own, so a report names our mail by its Message-ID; the signature proves it.
That of Mailgun covers no word of the report: each must hold our own token besides, and be for whom we wrote to.
`plain` is for any other: a relay's own script signs `timestamp.body` with the key it shares with us.
"""

import base64
import binascii
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from clinic.messages import bounces, came_back
from clinic.messages.came_back import take
from clinic.messages.models import MailReport, Message
from clinic.messages.writing import VARIABLE

log = logging.getLogger(__name__)

What = MailReport.What
FRESH = 300  # seconds; a report that was overheard is no use to anybody later
MOST_EVENTS = 1000


@dataclass(frozen=True)
class Event:
    """One report: of which mail, what, and what makes it the only one."""

    message_id: str
    what: str
    code: str
    known_by: str
    proof: "Proof | None" = None  # where the signature alone proves nothing

    def __post_init__(self) -> None:
        """Refuse what is no text, before anything of the report is taken."""
        if not isinstance(self.message_id, str) or (self.proof and not isinstance(self.proof.recipient, str)):
            raise TypeError("No text")


@dataclass(frozen=True)
class Proof:
    """What of an event only somebody knows who holds the mail.

    A token of ours, and to whom it went.
    """

    token: str
    recipient: str


@csrf_exempt
@login_not_required
@require_POST
def mail_hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take what a provider reports; 403 for what it did not sign."""
    key = settings.MAIL_HOOK_KEYS.get(provider)
    if key is None or provider not in PROVIDERS:
        return HttpResponse(status=404)
    signed, events = PROVIDERS[provider]
    body = request.body
    try:
        if not signed(request, body, key):
            return HttpResponse(status=403)
        found = list(events(json.loads(body)))[:MOST_EVENTS]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        log.warning("A report of %s could not be read: %s", provider, type(error).__name__)
        return HttpResponse(status=400)
    for event in found:
        _take(event, provider)
    return HttpResponse(status=204)


def _take(event: Event, provider: str) -> None:
    id_, _at, domain = event.message_id.strip("<> ").partition("@")
    try:
        message = Message.objects.filter(pk=UUID(id_)).first() if domain == settings.MESSAGE_ID_DOMAIN else None
    except ValueError:
        return
    if message and (event.proof is None or _is_proved(event.proof, message)):
        digest = sha256(f"{provider}:{event.known_by}".encode()).hexdigest()
        take(message, event.what, event.code, digest=digest)


def _is_proved(proof: Proof, message: Message) -> bool:
    return came_back.message_of(proof.token) == message and proof.recipient.lower() == message.recipient.lower()


def _is_fresh(timestamp: str) -> bool:
    return timestamp.isascii() and timestamp.isdecimal() and abs(time.time() - int(timestamp)) < FRESH


def _same(key: str, said: str, signature: str) -> bool:
    made = hmac.new(key.encode(), said.encode(), sha256).hexdigest()
    return hmac.compare_digest(made.encode(), signature.encode())


# Mailgun --------------------------------------------------------------------------------------------------------------


def _signed_by_mailgun(request: HttpRequest, body: bytes, key: str) -> bool:
    signature = json.loads(body)["signature"]
    fresh = _is_fresh(signature["timestamp"])
    return fresh and _same(key, signature["timestamp"] + signature["token"], signature["signature"])


def _of_mailgun(data: Any) -> Iterator[Event]:
    event = data["event-data"]
    status = event.get("delivery-status") or {}
    words = f"{status.get('enhanced-code') or status.get('code') or ''} {status.get('message') or ''}"
    what = {"complained": What.COMPLAINT, "failed": _failed(words, for_now=event.get("severity") == "temporary")}
    if event["event"] in what:
        code = "" if event["event"] == "complained" else bounces.code_in(words)
        id_, once = event["message"]["headers"]["message-id"], data["signature"]["token"]  # not its own id: unsigned
        yield Event(id_, what[event["event"]], code, once, Proof(_token_in(event), event["recipient"]))


def _token_in(event: Any) -> str:
    """Return the token of ours that an event holds.

    In the variable that went along, or in the envelope.
    """
    sender = came_back.ours().search(str((event.get("envelope") or {}).get("sender", "")))
    return str((event.get("user-variables") or {}).get(VARIABLE) or (sender and sender[1]) or "")


# SendGrid -------------------------------------------------------------------------------------------------------------


def _signed_by_sendgrid(request: HttpRequest, body: bytes, key: str) -> bool:
    timestamp = request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "")
    signature = base64.b64decode(request.headers.get("X-Twilio-Email-Event-Webhook-Signature", ""))
    public = load_der_public_key(base64.b64decode(key))
    if not (_is_fresh(timestamp) and isinstance(public, ec.EllipticCurvePublicKey)):
        return False
    try:
        public.verify(signature, timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _of_sendgrid(data: Any) -> Iterator[Event]:
    for event in data:
        words = f"{event.get('status') or ''} {event.get('reason') or event.get('response') or ''}"
        what = {
            "bounce": _failed(words, for_now=event.get("type") == "blocked"),
            "deferred": What.LATE,
            "spamreport": What.COMPLAINT,
        }
        if event["event"] in what and event.get("smtp-id"):
            code = "" if event["event"] == "spamreport" else bounces.code_in(words)
            yield Event(event["smtp-id"], what[event["event"]], code, event["sg_event_id"])


# Any other ------------------------------------------------------------------------------------------------------------


def _signed_plainly(request: HttpRequest, body: bytes, key: str) -> bool:
    timestamp = request.headers.get("X-Plumbline-Timestamp", "")
    signature = request.headers.get("X-Plumbline-Signature", "")
    return _is_fresh(timestamp) and _same(key, f"{timestamp}.{body.decode()}", signature)


def _plain(data: Any) -> Iterator[Event]:
    for event in data:
        yield Event(event["message_id"], What(event["what"]), str(event.get("code", "")), event["id"])


def _failed(words: str, *, for_now: bool) -> str:
    return What.LATE if for_now else bounces.kind_of(bounces.code_in(words), words)


Signed = Callable[[HttpRequest, bytes, str], bool]
PROVIDERS: dict[str, tuple[Signed, Callable[[Any], Iterator[Event]]]] = {
    "mailgun": (_signed_by_mailgun, _of_mailgun),
    "sendgrid": (_signed_by_sendgrid, _of_sendgrid),
    "plain": (_signed_plainly, _plain),
}
