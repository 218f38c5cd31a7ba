"""Forms begun without a link, counted by the network they are begun from.

Anybody may begin one, and one page of answers can open a case that calls a therapist at once: a script could bury the
real ones. A link that was mailed or handed out is not counted, nor is what staff begin.
"""

from datetime import datetime

from django.utils import timezone

from clinic.links.models import FormStart
from clinic.links.requests import DAY, HOUR, network_key, too_often, wait_for_turn

# A waiting room, a shelter or a phone company shares one address; all of it together begins fewer forms than this.
MOST_FROM_A_NETWORK = {HOUR: 30, DAY: 100}


class TooManyStarts(Exception):
    """As many forms as may be were begun from this network; nothing was written."""


def starts_in_turn(network: str) -> None:
    """Whoever begins a form from the same network waits for the end of this transaction."""
    wait_for_turn(_key(network))


def count_start(network: str) -> None:
    """Write down that a form is begun, in the transaction that begins it. Raises TooManyStarts."""
    starts_in_turn(network)
    now = timezone.now()
    begun = FormStart.objects.filter(network_key=_key(network))
    if too_often(begun, "begun_at", MOST_FROM_A_NETWORK, now):
        raise TooManyStarts
    FormStart.objects.create(network_key=_key(network), begun_at=now)


def _key(network: str) -> bytes:
    return network_key("form start network", network)


def forget_old(now: datetime) -> int:
    """Starts nobody counts any more are deleted; returns how many."""
    return FormStart.objects.filter(begun_at__lt=now - DAY).delete()[0]
