"""Writing the mail of a message: its words, the same words as a page, and headers made from the row alone."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import Error

from clinic.messages.kinds import Kind
from clinic.messages.models import Message
from clinic.messages.twin import twin

log = logging.getLogger(__name__)


def mail(message: Message, subject: str, body: str) -> EmailMessage:
    """Write the mail of a message: plain text first, then the same words as HTML.

    Its headers are made from the row alone. Nothing in it tracks, and nothing comes from elsewhere.
    """
    headers = {
        "Message-ID": f"<{message.id}@{settings.MESSAGE_ID_DOMAIN}>",
        "X-Message-Key": message.key,
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    written = EmailMultiAlternatives(subject, body, to=[message.recipient], headers=headers)
    written.attach_alternative(twin(message, subject, body), "text/html")
    return written


def words_of(message: Message, kind: Kind) -> tuple[str, str]:
    """Write subject and body; of this message alone where another has no words."""
    if message.together:
        try:
            return kind.render(message)
        except Error:
            raise
        except Exception as error:
            log.error("%s goes alone: %s", message.key, type(error).__name__)
            message.together = ()
    return kind.render(message)
