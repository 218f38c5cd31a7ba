"""Wrong passwords and codes, counted in the database, so that whoever guesses is slowed and nobody is shut out.

What is counted together decides who can keep whom out. A browser that was let in once is counted alone. Everybody else
is counted by account and network, so strangers elsewhere do not slow the owner; by network, so one that tries many
names is slowed; and for codes by account too, because whoever types a code has the password already. Above its number a
try must wait for a moment that doubles and ends at a minute (five for codes, half an hour for the codes of one known
browser in a day). One that comes too early is neither looked at nor counted, so hammering makes no wait longer.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.db import transaction
from django.utils import timezone

from clinic.links.actions import keyed
from clinic.links.requests import wait_for_turn
from clinic.network import network
from clinic.staff.models import SignInTry

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
UNDER_ATTACK = 20  # wrong tries for one account in an hour: of passwords from browsers nobody knows, of codes from any
MINUTE, FIVE_MINUTES, HALF_AN_HOUR = 60, 300, 1800  # the longest waits


class TooSoon(Exception):
    """The try was not looked at; `seconds` is how long to wait for the next."""

    def __init__(self, seconds: int):
        super().__init__(f"Too soon by {seconds} s.")
        self.seconds = seconds


@dataclass(frozen=True)
class Limit:
    """Of the wrong tries that share `counted`, `free` in `span` go unslowed; then waits grow to `longest` seconds."""

    counted: dict
    free: int
    span: timedelta = QUARTER
    longest: int = MINUTE

    def seconds_to_wait(self, now) -> int:
        rows = SignInTry.objects.filter(**self.counted, at__gt=now - self.span)
        wrong = rows.count()
        if wrong < self.free:
            return 0
        pause = min(self.longest, 2 ** min(wrong - self.free + 1, 11))
        last = rows.latest("at").at
        return max(0, ceil(pause - (now - last).total_seconds()))


def begin(step: str, account: str, address: str, device: bytes) -> SignInTry:
    """Count a try as wrong before it is looked at, so that racing ones are counted too. Raises TooSoon.

    `account` is what was typed: a name nobody has is counted like any other. `device` is b"" for a browser that was
    never let in as this account.
    """
    keys = {"account_key": account_key(account), "network_key": network_key(address), "device_key": device}
    now = timezone.now()
    with transaction.atomic():
        wait_for_turn(keys["account_key"], keys["network_key"])
        wait = max(limit.seconds_to_wait(now) for limit in _limits(step, keys, now))
        if not wait:
            return SignInTry.objects.create(step=step, at=now, **keys)
    raise TooSoon(wait)


def take_back(attempt: SignInTry) -> None:
    """It was right after all."""
    attempt.delete()


def _limits(step: str, keys: dict, now) -> list[Limit]:
    if keys["device_key"]:
        return _of_known_browser(step, keys, now)
    account = {"step": step, "account_key": keys["account_key"]}
    unknown = account | {"device_key": b""}
    here = {"network_key": keys["network_key"]}
    limits = [
        Limit(unknown | here, free=2 if _many(unknown, now) else 5),
        Limit(here | {"step": step, "device_key": b""}, free=30),
    ]
    if step == SignInTry.Step.CODE:
        limits.append(Limit(account, free=20, span=HOUR, longest=FIVE_MINUTES))
    return limits


def _of_known_browser(step: str, keys: dict, now) -> list[Limit]:
    """Its own tries alone make it wait: what others try leaves it fewer free codes, and never none.

    Six digits do not stand a code a minute for weeks. So codes have a budget for the day too, in which whoever sits at
    a stolen laptop with its password gets some ninety, and the owner elsewhere is not slowed by them.
    """
    own = {"step": step, "device_key": keys["device_key"]}
    if step != SignInTry.Step.CODE:
        return [Limit(own, free=10)]
    account = {"step": step, "account_key": keys["account_key"]}
    return [
        Limit(own, free=3 if _many(account, now) else 10),
        Limit(own | account, free=20, span=HOUR, longest=FIVE_MINUTES),
        Limit(own | account, free=30, span=DAY, longest=HALF_AN_HOUR),
    ]


def _many(account: dict, now) -> bool:
    return SignInTry.objects.filter(**account, at__gt=now - HOUR).count() >= UNDER_ATTACK


def account_key(account: str) -> bytes:
    return keyed("sign-in account", account.strip().casefold())


def network_key(address: str) -> bytes:
    """Whoever guesses can have a whole /24, or the /56 a provider gives to one household."""
    return keyed("sign-in network", network(address, v4=24, v6=56))


def forget_old(now) -> int:
    """Tries nobody counts any more are deleted; returns how many."""
    return SignInTry.objects.filter(at__lt=now - DAY).delete()[0]
