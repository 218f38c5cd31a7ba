"""Where a request comes from: the one place that reads `X-Forwarded-For`."""

import ipaddress

from django.conf import settings


def address_of(request) -> str:
    """Return the visitor's address, as the proxies in front of us say it when they are trusted.

    Each proxy adds the address it was called from at the end; what stands before was written by the visitor.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")


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
