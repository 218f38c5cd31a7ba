"""A real mail server in the test's own process, which can be slow, full, choosy or rude on request."""

import asyncio
import socket
import threading
import time
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Arrived(EmailMessage):
    """A mail that came; its content is its plain text, whatever lies beside that."""

    def get_content(self):
        return self.get_body(["plain"]).get_content() if self.is_multipart() else super().get_content()

    @property
    def twin(self) -> str:
        """The same words as HTML."""
        return self.get_body(["html"]).get_content()


AS_MAIL = policy.default.clone(message_factory=Arrived)


class PostOffice:
    """Keeps what arrives in `mails` (parsed, oldest first), and in `senders` whom they came from. The rest are orders:

    `refuse[address] = "550 no such person"` answers RCPT so, every time; `put_off[address] = 2` answers 451 twice;
    `delay` seconds pass before each "250, I have it"; `swallow[address] = 1` takes a mail and hangs up without a word.
    """

    def __init__(self):
        self.mails, self.envelopes, self.senders = [], [], []
        self.refuse, self.put_off, self.swallow = {}, Counter(), Counter()
        self.refuse_sender = ""
        self.delay = 0.0
        self.connections = 0
        self._lock = threading.Lock()
        self._controller = None
        self.port = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        if self.put_off[address]:
            self.put_off[address] -= 1
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.delay)
        with self._lock:
            self.mails.append(message_from_bytes(envelope.original_content, policy=AS_MAIL))
            self.envelopes.append(list(envelope.rcpt_tos))
            self.senders.append(envelope.mail_from)
        for address in envelope.rcpt_tos:
            if self.swallow[address]:
                self.swallow[address] -= 1
                server.transport.abort()
                return "421 gone"
        return "250 kept"

    def open(self):
        """Start listening, at the same port as before."""
        if self.port is None:
            with socket.create_server(("127.0.0.1", 0)) as door:
                self.port = door.getsockname()[1]
        self._controller = Controller(self, "127.0.0.1", self.port, ready_timeout=10)
        self._controller.factory = lambda: SMTP(self, hostname="localhost", enable_SMTPUTF8=True)
        self._controller.start()

    def close(self):
        """Stop answering, as a mail server that is down."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    @property
    def recipients(self) -> Counter:
        return Counter(address for envelope in self.envelopes for address in envelope)

    def wait_for(self, count, *, seconds=30):
        """Until at least `count` mails have arrived."""
        end = time.monotonic() + seconds
        while len(self.mails) < count:
            assert time.monotonic() < end, f"{len(self.mails)} of {count} mails arrived within {seconds} s"
            time.sleep(0.02)


@pytest.fixture
def post_office(settings):
    """A PostOffice that is open and that Django delivers to."""
    office = PostOffice()
    office.open()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
    settings.EMAIL_TIMEOUT = 2
    yield office
    office.close()
