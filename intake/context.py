"""What every page knows about the protocol."""

from intake import triage


def protocol(request) -> dict:
    """`protocol_signed`: False until licensed clinicians approved the version that is running; staff pages say so."""
    return {"protocol_signed": triage.shipped().status == "approved"}
