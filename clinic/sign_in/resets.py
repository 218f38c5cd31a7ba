"""Asking for a new password by an email address, counted, and answered by a worker.

The page does the same for an address somebody has and for one nobody has: it counts and writes down. Whose it is, is
looked up later, so neither the page nor its time tells them apart.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from clinic.links.requests import DAY, HOUR, too_often, wait_for_turn
from clinic.sign_in import emails
from clinic.sign_in.tries import account_key, network_key
from clinic.staff.models import User
from clinic.staff.signing_in import ResetRequest

MOST_FOR_AN_ADDRESS = {HOUR: 3, DAY: 20}
MOST_FROM_A_NETWORK = {HOUR: 30, DAY: 200}
TOO_LATE = timedelta(hours=1)


@transaction.atomic
def ask(address: str, visitor: str) -> bool:
    """Write down that a new password was asked for; False, and nothing written, when it was asked for too often."""
    now = timezone.now()
    keys = {"account_key": account_key(address), "network_key": network_key(visitor)}
    wait_for_turn(*keys.values())
    for name, limits in (("account_key", MOST_FOR_AN_ADDRESS), ("network_key", MOST_FROM_A_NETWORK)):
        if too_often(ResetRequest.objects.filter(**{name: keys[name]}), "asked_at", limits, now):
            return False
    ResetRequest.objects.create(**keys, address=address, asked_at=now)
    return True


def answer(now: datetime) -> int:
    """Look at every request that waits; returns how many were looked at. Several workers may run it at once."""
    answered = 0
    while _answer_next(now):
        answered += 1
    ResetRequest.objects.filter(address="", asked_at__lt=now - DAY).delete()
    return answered


@transaction.atomic
def _answer_next(now: datetime) -> bool:
    waiting = ResetRequest.objects.exclude(address="").select_for_update(skip_locked=True).order_by("pk").first()
    if waiting is None:
        return False
    user = User.objects.filter(email=waiting.address.lower(), is_active=True).first()
    if user and now - waiting.asked_at < TOO_LATE:
        emails.password_reset(user)
    waiting.address = ""
    waiting.save(update_fields=["address"])
    return True
