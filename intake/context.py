"""What every page knows about the protocol."""

from typing import Any

from django.http import HttpRequest

from intake import triage


def protocol(request: HttpRequest) -> dict[str, Any]:
    """`protocol_signed`: False until licensed clinicians approved the version that is running; staff pages say so."""
    return {"protocol_signed": triage.shipped().status == "approved"}
