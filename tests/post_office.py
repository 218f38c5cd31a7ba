"""A real mail server in the test's own process, which can be slow, full, choosy or rude on request."""

import asyncio
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

STEPS = ("connect", "hello", "login", "sender", "recipient", "text", "end")  # "end": the whole mail was read
HANG, CUT, LOST_REPLY = "hang", "cut", "lost reply"


class Arrived(EmailMessage):
    """A mail that came; its content is its plain text, whatever lies beside that."""

    def get_content(self):
        return self.get_body(["plain"]).get_content() if self.is_multipart() else super().get_content()

    @property
    def twin(self) -> str:
        """The same words as HTML."""
        return self.get_body(["html"]).get_content()


AS_MAIL = policy.default.clone(message_factory=Arrived)


@dataclass
class Trouble:
    """What happens once, or so many times, when a mail gets to a step.

    `what` is an answer such as "451 busy", HANG (silence), CUT (the line is gone), or at the end LOST_REPLY (the mail
    is kept and the line is gone). With an address it happens to mails to that address alone, from "recipient" on.
    """

    step: str
    what: str
    address: str = ""
    times: int = 1


def knows(_server, _session, _envelope, _mechanism, given) -> AuthResult:
    """Let everybody in but whoever has the password of `wrong_password` in the tests of parts that are gone."""
    return AuthResult(success=given.password != b"not this one")


class Clerk(SMTP):
    """Speaks for the post office; at each step it first looks whether there is trouble."""

    async def _handle_client(self):
        if not await self.event_handler.met(self, "connect"):
            await super()._handle_client()

    async def smtp_EHLO(self, hostname):
        if not await self.event_handler.met(self, "hello"):
            await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg):
        if not await self.event_handler.met(self, "login"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg):
        if not await self.event_handler.met(self, "sender"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        if not await self.event_handler.met(self, "recipient", arg):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if not await self.event_handler.met(self, "text", *self.envelope.rcpt_tos):
            await super().smtp_DATA(arg)


class PostOffice:
    """Keeps what arrives in `mails` (parsed, oldest first), and in `senders` whom they came from. The rest are orders:

    `refuse[address] = "550 no such person"` answers RCPT so, every time; `put_off[address] = 2` answers 451 twice;
    `delay` seconds pass before each "250, I have it"; `swallow[address] = 1` takes a mail and hangs up without a word;
    `trouble` is a list of Trouble, and what was met of it goes to `met_so_far`.
    """

    def __init__(self):
        self.mails, self.envelopes, self.senders = [], [], []
        self.refuse, self.put_off, self.swallow = {}, Counter(), Counter()
        self.refuse_sender = ""
        self.delay = 0.0
        self.trouble, self.met_so_far = [], []
        self.silence = 3.0  # seconds of a HANG, after which the line is gone
        self.connections = 0
        self._lock = threading.Lock()
        self._controller = None
        self.port = None

    def _next_trouble(self, step, *words) -> str | None:
        for one in self.trouble:
            if one.step == step and one.times and (not one.address or any(one.address in word for word in words)):
                one.times -= 1
                self.met_so_far.append(one)
                return one.what
        return None

    async def met(self, clerk, step, *words) -> bool:
        """Whether there was trouble at this step; it has happened then."""
        what = self._next_trouble(step, *words)
        if what is None:
            return False
        if what in (HANG, CUT):
            await asyncio.sleep(self.silence if what == HANG else 0)
            clerk.transport.abort()
        else:
            await clerk.push(what)
            if step == "connect" or what.startswith("421"):
                clerk.transport.close()
        return True

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
        what = self._next_trouble("end", *envelope.rcpt_tos)
        if what == HANG:
            await asyncio.sleep(self.silence)
        if what in (HANG, CUT):
            server.transport.abort()
            return "421 gone"
        if what not in (None, LOST_REPLY):
            return what
        with self._lock:
            self.mails.append(message_from_bytes(envelope.original_content, policy=AS_MAIL))
            self.envelopes.append(list(envelope.rcpt_tos))
            self.senders.append(envelope.mail_from)
        if what == LOST_REPLY:
            server.transport.abort()
            return "421 gone"
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
        self._controller.factory = lambda: Clerk(
            self,
            hostname="localhost",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=knows,
        )
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
