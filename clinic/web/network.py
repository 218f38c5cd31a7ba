"""Where a request comes from: the one place that reads `X-Forwarded-For`."""

import ipaddress
import re
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest

PORT = r":\d{1,5}"


def address_of(request: HttpRequest) -> str:
    """Return the visitor's address, as the proxies in front of us say it when they are trusted.

    Each proxy adds the address it was called from at the end; what stands before was written by the visitor. A hop that
    is no address is refused: taken as it is, it would make one network of all strangers, or each try a network anew.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = min(settings.TRUSTED_PROXIES, len(hops))  # who went around an outer proxy is named by an inner one
    if not trusted:
        return request.META.get("REMOTE_ADDR", "")
    address = _without_port(hops[-trusted])
    if address is None:
        raise BadRequest("A trusted proxy named no address in X-Forwarded-For.")
    return address


def _without_port(hop: str) -> str | None:
    """Return the address of a hop as proxies write them: bare, in brackets, either with a port; None for another."""
    hop = hop.strip('"')
    for written in (rf"\[(.+)\](?:{PORT})?", rf"([\d.]+){PORT}", r"(.+)"):
        if found := re.fullmatch(written, hop):
            with suppress(ValueError):
                address = ipaddress.ip_address(found[1].partition("%")[0])  # a zone means something only there
                return str(getattr(address, "ipv4_mapped", None) or address)
    return None


def network(address: str, *, v4: int, v6: int) -> str:
    """Return the network an address is counted with, as wide as asked; "" when it is no address.

    An IPv4 address that came over IPv6 is counted as IPv4.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    width = v4 if found.version == 4 else v6
    return str(ipaddress.ip_network((found, width), strict=False))
