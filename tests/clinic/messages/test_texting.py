"""The second channel: a text message to whoever is on call, once, through a gateway that is recorded here."""

import errno
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock
from urllib.error import URLError

import pytest
import time_machine
from django.utils import timezone

from clinic.messages import gateway as gateways
from clinic.messages.alarms import held_up_since
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message, SweepBeat
from intake.review.actions import acknowledge
from tests import factories
from tests.answers import SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_cases import opened

pytestmark = pytest.mark.django_db

TWO_AT_NIGHT = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)  # in New York


class Gateway:
    """Keeps what it was handed, and answers with the next of `answers`.

    None hangs up without a word, "nonsense" speaks no HTTP.
    """

    def __init__(self):
        self.texts, self.keys, self.answers = [], [], []


@pytest.fixture
def gateway(settings, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    recorded = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            answer = recorded.answers.pop(0) if recorded.answers else 202
            recorded.texts.append(json.loads(sent))
            recorded.keys.append((self.headers["Idempotency-Key"], self.headers["Authorization"]))
            if answer == "nonsense":
                self.wfile.write(b"220 mail.example.org ESMTP\r\n")
            elif answer is not None:
                self.send_response(answer)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TEXT_URL, settings.TEXT_TOKEN = f"http://127.0.0.1:{server.server_port}/send", "a token"
    yield recorded
    server.shutdown()
    server.server_close()


@pytest.fixture
def at_two():
    with time_machine.travel(TWO_AT_NIGHT, tick=False) as clock:
        yield clock


def five_minutes_later(clock):
    sweep(timezone.now())
    clock.shift(timedelta(minutes=5))
    sweep(timezone.now())


def test_an_emergency_nobody_took_in_five_minutes_is_a_text_to_who_is_on_call(
    at_two, gateway, location, maya, daniel, post_office
):
    factories.on_call(daniel, at=location)
    case = opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT)
    five_minutes_later(at_two)
    [text] = gateway.texts
    assert text["to"] == "207 555 0190"
    assert text["text"].startswith("Riverside: a case needs you by 2:15 AM EST (notice 2).")
    assert case.patient.last_name not in json.dumps(text)
    row = Message.objects.get(kind="case_needs_you_text", status="sent", recipient="207 555 0190")
    assert text["id"] == str(row.pk)
    assert gateway.keys == [(str(row.pk), "Bearer a token")]
    sweep(timezone.now())
    assert len(gateway.texts) == 1


def test_an_urgent_case_and_a_list_that_is_empty_send_none(at_two, gateway, location, maya, daniel, post_office):
    opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT)
    five_minutes_later(at_two)
    factories.on_call(daniel, at=location)
    opened(location, TEMPLE_HEADACHE, now=timezone.now())
    five_minutes_later(at_two)
    assert gateway.texts == []


def test_a_case_somebody_took_meanwhile_sends_none(at_two, gateway, location, maya, daniel, post_office):
    factories.on_call(daniel, at=location)
    case = opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT)
    acknowledge(case, by=maya, now=TWO_AT_NIGHT)
    five_minutes_later(at_two)
    assert gateway.texts == []


@pytest.mark.parametrize("answer", [503, 429, None, "nonsense"])
def test_a_gateway_that_cannot_take_it_is_asked_again_with_the_same_key(
    at_two, gateway, location, daniel, post_office, answer
):
    gateway.answers = [answer]
    factories.on_call(daniel, at=location)
    opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT)
    five_minutes_later(at_two)
    at_two.shift(timedelta(minutes=2))
    sweep(timezone.now())
    assert len(gateway.texts) == 2
    assert len(set(gateway.keys)) == 1
    assert SweepBeat.objects.get().mail_refused_since is None, "that is not the mail server"


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        (socket.gaierror(-2, "Name or service not known"), "gaierror"),
        (ConnectionRefusedError(111, "refused"), "ConnectionRefusedError"),
        (TimeoutError("timed out"), "TimeoutError"),
        (OSError(errno.ENETUNREACH, "no way there"), "OSError"),
        (ssl.SSLCertVerificationError("expired"), "SSLCertVerificationError"),
    ],
)
def test_a_gateway_that_is_not_reached_is_tried_on_and_shown_until_it_is(
    at_two, gateway, location, daniel, post_office, monkeypatch, reason, name
):
    """Twice without a line counted as two texts that may have arrived, and the emergency had no second channel more."""
    factories.on_call(daniel, at=location)
    opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT)
    with monkeypatch.context() as away:
        away.setattr(gateways.opener, "open", mock.Mock(side_effect=URLError(reason)))
        five_minutes_later(at_two)
        for _ in range(3):
            at_two.shift(timedelta(minutes=3))
            sweep(timezone.now())
        row = Message.objects.exclude(recipient="").get(kind="case_needs_you_text", facts__round=2)
        assert (row.status, row.attempts, row.doubts) == ("scheduled", 4, 0)
        assert row.outcome == f"The gateway for texts could not be reached ({name})."
        assert len(held_up_since()) == 1
    at_two.shift(timedelta(minutes=3))
    sweep(timezone.now())
    assert len({text["id"] for text in gateway.texts}) == len(gateway.texts) > 0
    assert held_up_since() == []


@pytest.mark.parametrize("answer", [400, 302])
def test_one_that_refuses_for_good_is_an_alarm_and_is_not_followed_elsewhere(
    at_two, gateway, location, daniel, post_office, answer
):
    gateway.answers = [answer] * 9
    factories.on_call(daniel, at=location)
    opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT)
    five_minutes_later(at_two)
    assert len(gateway.texts) == 1
    assert len(held_up_since()) == 1
