"""Handing a message over, to the mail server or to a gateway, and the three ways in which that fails."""

import logging
import smtplib
from dataclasses import dataclass

from django.core.mail import EmailMessage, get_connection

from clinic.messages.faxing import send_fax
from clinic.messages.gateway import GatewayInDoubt, GatewayRefused
from clinic.messages.models import REFUSED, Message
from clinic.messages.texting import send_text

log = logging.getLogger(__name__)


class NotNow(Exception):
    """No mail can go out for the moment; `why` is empty when only the time of this sweep is up."""

    def __init__(self, why: str = "") -> None:
        self.why = why


class NotTaken(Exception):
    """The server said no, so it has not taken the mail."""

    def __init__(self, why: str, *, for_good: bool, by_the_server: bool = False) -> None:
        self.for_good = for_good
        self.by_the_server = by_the_server  # and not for this reader alone
        super().__init__(why)

    @classmethod
    def mail(cls, code: int, *, by_the_server: bool = False) -> "NotTaken":
        """Say so of a mail, by the code of the mail server."""
        for_good = code >= 500
        said = REFUSED if for_good else "The mail server asked us to try later"
        return cls(f"{said} ({code}).", for_good=for_good, by_the_server=by_the_server)


class InDoubt(Exception):
    """The line broke or the time was up: the server may have taken the mail."""


class Post:
    """One connection to the mail server for a whole sweep, opened when the first mail is ready."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def open(self) -> None:
        try:
            self.connection.open()
        except (OSError, smtplib.SMTPException) as error:
            log.warning("The mail server cannot be reached: %s", type(error).__name__)
            raise NotNow("The mail server could not be reached.") from error

    def send(self, mail: EmailMessage) -> None:
        try:
            self.connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(max(code for code, _words in error.recipients.values())) from error
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code >= 500:  # not this mail's fault, and every other would meet the same
                raise NotNow(f"The mail server refuses our sender address ({error.smtp_code}).") from error
            raise self._refused(error.smtp_code, by_the_server=True) from error
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, by_the_server=True) from error
        except (ValueError, smtplib.SMTPNotSupportedError) as error:  # an address no server could take
            raise NotTaken.mail(553) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise InDoubt from error

    def _refused(self, code: int, *, by_the_server: bool = False) -> NotTaken:
        hung_up = code == 421  # with its answer
        if hung_up:
            self.close()
        return NotTaken.mail(code, by_the_server=by_the_server or hung_up)

    def close(self) -> None:
        try:
            self.connection.close()
        except (OSError, smtplib.SMTPException) as error:
            log.info("The mail server did not say goodbye: %s", type(error).__name__)


@dataclass(frozen=True)
class WrittenText:
    """A text message: its words and whose row it is."""

    message: Message
    words: str


@dataclass(frozen=True)
class WrittenFax:
    """A fax: its pages and whose row it is."""

    message: Message
    pdf: bytes
    pages: int


class Gateways:
    """The gateways for texts and faxes, with the manners of the mail server."""

    def open(self) -> None:
        """Do nothing: each is a request of its own."""

    def send(self, written: WrittenText | WrittenFax) -> None:
        to = (written.message.pk, written.message.recipient)
        try:
            if isinstance(written, WrittenFax):
                send_fax(*to, written.pdf, written.pages)
            else:
                send_text(*to, written.words)
        except GatewayRefused as refused:
            raise NotTaken(str(refused), for_good=refused.for_good) from refused
        except GatewayInDoubt as error:
            raise InDoubt from error
