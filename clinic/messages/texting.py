"""The second channel: a text message through any HTTP gateway, for whoever does not look at mail at night.

`TEXT_URL` takes a POST of JSON, `{"id", "to", "text"}`, and answers 2xx when it has it.
"""

from uuid import UUID

from django.conf import settings

from clinic.messages.gateway import Gateway

PATIENCE = 10  # seconds


def send_text(id_: UUID, phone: str, words: str) -> None:
    """Hand one text over. Raises GatewayRefused or GatewayInDoubt."""
    gateway = Gateway(settings.TEXT_URL, settings.TEXT_TOKEN, "gateway for texts", "text", PATIENCE)
    gateway.hand_over({"id": str(id_), "to": phone, "text": words})
