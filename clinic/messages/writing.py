"""Writing the mail of a message: its words, the same words as a page, and headers made from the row alone."""

import json
import logging

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import Error
from django.utils import translation
from django.utils.translation import gettext

from clinic.messages.came_back import envelope_address, token_of
from clinic.messages.kinds import Kind
from clinic.messages.models import Message
from clinic.messages.stopping import stop_address
from clinic.messages.twin import twin

log = logging.getLogger(__name__)

VARIABLE = "plumbline-token"  # goes along to Mailgun, which says it again in what it reports of this mail


def mail(message: Message, subject: str, body: str) -> EmailMessage:
    """Write the mail of a message: plain text first, then the same words as HTML.

    Its headers are made from the row alone. Nothing in it tracks, and nothing comes from elsewhere. A reminder says how
    to stop it, to its reader and to their mail program.
    """
    headers = {
        "Message-ID": f"<{message.id}@{settings.MESSAGE_ID_DOMAIN}>",
        "X-Message-Key": message.key,
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    stop = stop_address(message)
    if stop:
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    if "mailgun" in settings.MAIL_HOOK_KEYS:
        headers["X-Mailgun-Variables"] = json.dumps({VARIABLE: token_of(message)})
    text = body + _how_to_stop(message, stop) if stop else body
    headers["From"] = settings.DEFAULT_FROM_EMAIL  # the envelope has an address of its own, for what comes back
    written = EmailMultiAlternatives(subject, text, envelope_address(message), [message.recipient], headers=headers)
    written.attach_alternative(twin(message, subject, body, stop=stop), "text/html")
    return written


def _how_to_stop(message: Message, stop: str) -> str:
    with translation.override(message.language):
        return f"\n-- \n{gettext('Stop reminders like this one')}:\n{stop}\n"


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
