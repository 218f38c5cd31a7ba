"""Asking for a new link by an email address, counted.

Nothing here knows whose address it is: a known one and an unknown one are counted, written and forgotten alike, so
neither the page nor its timing tells them apart.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from clinic.links.actions import keyed
from clinic.links.models import LinkRequest
from clinic.web.network import network

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_FOR_AN_ADDRESS = {HOUR: 3, DAY: 20}
MOST_FROM_A_NETWORK = {HOUR: 30, DAY: 200}  # a waiting room shares one


@transaction.atomic
def ask(address: str, visitor: str) -> bool:
    """Write down that a link was asked for; False, and nothing written, when it was asked for too often.

    Requests that share an address or a network wait for each other, so racing ones are counted one by one.
    """
    now = timezone.now()
    keys = {
        "address_key": keyed("link request address", address.casefold()),
        "network_key": network_key("link request network", visitor),
    }
    wait_for_turn(*keys.values())
    for name, limits in (("address_key", MOST_FOR_AN_ADDRESS), ("network_key", MOST_FROM_A_NETWORK)):
        if too_often(LinkRequest.objects.filter(**{name: keys[name]}), "asked_at", limits, now):
            return False
    LinkRequest.objects.create(**keys, address=address, asked_at=now)
    return True


def wait_for_turn(*keys: Any) -> None:
    """Whoever else counts by one of these keys waits for the end of this transaction."""
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key[:8], signed=True)])


def too_often(rows, moment: str, limits: dict[timedelta, int], now: datetime) -> bool:
    """Say whether one of the limits is used up; `moment` names the field with the time of a row."""
    return any(rows.filter(**{f"{moment}__gt": now - span}).count() >= most for span, most in limits.items())


def network_key(use: str, address: str) -> bytes:
    """Return what is kept of a network: enough to count by, and not its address.

    It is one IPv4 address, or the /64 of an IPv6 one: that is what one household has.
    """
    return keyed(use, network(address, v4=32, v6=64))


def forget_old(now: datetime) -> int:
    """Delete requests nobody counts any more; returns how many.

    The address of one that nobody could answer goes with it.
    """
    return LinkRequest.objects.filter(asked_at__lt=now - DAY).delete()[0]
