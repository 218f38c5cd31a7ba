"""Wrong passwords and codes, counted in the database, so that whoever guesses is slowed and nobody is shut out.

What is counted together decides who can keep whom out. A browser that was let in once is counted alone. Everybody else
is counted by account and network, so strangers elsewhere do not slow the owner; by network, so one that tries many
names is slowed; and for codes by account too, because whoever types a code has the password already. Above its number a
try must wait for a moment that doubles and ends at a minute (five for codes, half an hour for the codes of a day). One
that comes too early is neither looked at nor counted, so hammering makes no wait longer. It takes a place in line: the
next turn belongs to whoever waited longest, so a program that presses all the time is not the only one with a turn.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from clinic.links.actions import keyed
from clinic.links.requests import wait_for_turn
from clinic.staff.signing_in import PlaceInLine, SignInTry
from clinic.web.network import network

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
UNDER_ATTACK = 20  # wrong tries for one account in an hour: of passwords from browsers nobody knows, of codes from any
MINUTE, FIVE_MINUTES, HALF_AN_HOUR = 60, 300, 1800  # the longest waits
# Seconds at least, and a quarter of a longer pause: people look for their phone, and do not sit there.
TURN_IS_KEPT = 60
MOST_IN_LINE = 20  # a wait ends: whoever comes when so many wait has no place, and what is kept for others runs out


class TooSoon(Exception):
    """The try was not looked at; `seconds` is how long to wait for the next."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too soon by {seconds} s.")
        self.seconds = seconds


@dataclass(frozen=True)
class Limit:
    """Of the wrong tries that share `counted`, `free` in `span` go unslowed; then waits grow to `longest` seconds.

    `place` tells apart who waits for one turn; b"" where only one browser is counted.
    """

    counted: dict
    free: int
    span: timedelta = QUARTER
    longest: int = MINUTE
    place: bytes = b""

    def seconds_to_wait(self, now: datetime) -> int | None:
        """Return how long whoever comes now must wait; None while nobody is slowed."""
        pause, last = self._pause(now)
        if not pause:
            return None
        opens = last + timedelta(seconds=pause)
        turn = max(filter(None, [opens, self._ahead(now).aggregate(last=Max("kept_until"))["last"]]))
        return max(0, ceil((turn - now).total_seconds()))

    def _pause(self, now: datetime) -> tuple[int, datetime | None]:
        """Return the seconds after the last wrong try, 0 while nobody is slowed, and when that was."""
        rows = SignInTry.objects.filter(**self.counted, at__gt=now - self.span)
        wrong, last = rows.aggregate(wrong=Count("pk"), last=Max("at")).values()
        if wrong < self.free:
            return 0, last
        return min(self.longest, 2 ** min(wrong - self.free + 1, 11)), last

    def wait_in_line(self, wait: int, now: datetime) -> None:
        """Take a place behind everybody who waits, or keep the one there is.

        It is kept for some time after `wait` seconds. That time hangs on the pause alone: one that grew with the wait
        would double it with every few who come.
        """
        if not self.place:
            return
        line = PlaceInLine.objects.filter(line=self._line)
        line.filter(kept_until__lte=now).delete()
        here = {"line": self._line, "place": self.place}
        if line.exclude(place=self.place).count() < MOST_IN_LINE or line.filter(place=self.place).exists():
            kept = {"kept_until": now + timedelta(seconds=wait + max(TURN_IS_KEPT, self._pause(now)[0] // 4))}
            PlaceInLine.objects.update_or_create(**here, defaults=kept, create_defaults=here | kept | {"since": now})

    def take_turn(self) -> None:
        """Leave the line: whoever tries again stands at its end."""
        if self.place:
            PlaceInLine.objects.filter(line=self._line, place=self.place).delete()

    def empty_line(self) -> None:
        """Send everybody away who waits in it."""
        PlaceInLine.objects.filter(line=self._line).delete()

    def _ahead(self, now: datetime) -> QuerySet[PlaceInLine]:
        """Return whose turn comes first: those in line longer, as long as their turn is kept for them."""
        line = PlaceInLine.objects.filter(line=self._line, kept_until__gt=now)
        own = line.filter(place=self.place).first()
        return line.filter(since__lt=own.since) if own else line

    @property
    def _line(self) -> bytes:
        return keyed("sign-in line", f"{self.span} {[(name, str(key)) for name, key in sorted(self.counted.items())]}")


def begin(step: str, account: str, address: str, device: bytes) -> SignInTry:
    """Count a try as wrong before it is looked at, so that racing ones are counted too. Raises TooSoon.

    `account` is what was typed: a name nobody has is counted like any other. `device` is b"" for a browser that was
    never let in as this account.
    """
    keys = {"account_key": account_key(account), "network_key": network_key(address), "device_key": device}
    now = timezone.now()
    with transaction.atomic():
        wait_for_turn(keys["account_key"], keys["network_key"])
        limits = _limits(step, keys, keyed("sign-in address", network(address, v4=32, v6=64)), now)
        slowing = [(limit, wait) for limit in limits if (wait := limit.seconds_to_wait(now)) is not None]
        wait = max((wait for _limit, wait in slowing), default=0)
        if not wait:
            for limit, _wait in slowing:
                limit.take_turn()
            return SignInTry.objects.create(step=step, at=now, **keys)
        for limit, too_soon in slowing:
            if too_soon:
                limit.wait_in_line(wait, now)
    raise TooSoon(wait)


def take_back(attempt: SignInTry) -> None:
    """It was right after all."""
    attempt.delete()


def forget_codes(account: str) -> None:
    """Begin anew with a new password.

    Whoever typed codes with the old one comes no further with it.
    """
    now, step = timezone.now(), SignInTry.Step.CODE
    keys = {"account_key": account_key(account), "network_key": b"", "device_key": b""}
    with transaction.atomic():
        wait_for_turn(keys["account_key"])
        SignInTry.objects.filter(step=step, account_key=keys["account_key"]).delete()
        for limit in _limits(step, keys, b"", now):
            limit.empty_line()


def _limits(step: str, keys: dict[str, Any], visitor: bytes, now: datetime) -> list[Limit]:
    """Return what the try has to pass. `visitor` is who it comes from, more exactly than the network."""
    if keys["device_key"]:
        return _of_known_browser(step, keys, now)
    account = {"step": step, "account_key": keys["account_key"]}
    unknown = account | {"device_key": b""}
    here = {"network_key": keys["network_key"]}
    limits = [
        Limit(unknown | here, free=2 if _many(unknown, now) else 5, place=visitor),
        Limit(here | {"step": step, "device_key": b""}, free=30, place=visitor),
    ]
    if step == SignInTry.Step.CODE:
        elsewhere = keys["network_key"]  # one place for a whole network: addresses in it are cheap
        limits += [
            Limit(account, free=20, span=HOUR, longest=FIVE_MINUTES, place=elsewhere),
            Limit(unknown, free=60, span=DAY, longest=HALF_AN_HOUR, place=elsewhere),
        ]
    return limits


def _of_known_browser(step: str, keys: dict[str, Any], now: datetime) -> list[Limit]:
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


def _many(account: dict[str, Any], now: datetime) -> bool:
    return SignInTry.objects.filter(**account, at__gt=now - HOUR).count() >= UNDER_ATTACK


def account_key(account: str) -> bytes:
    return keyed("sign-in account", account.strip().casefold())


def network_key(address: str) -> bytes:
    """Whoever guesses can have a whole /24, or the /56 a provider gives to one household."""
    return keyed("sign-in network", network(address, v4=24, v6=56))


def forget_old(now: datetime) -> int:
    """Delete tries nobody counts any more and places nobody waits at; returns how many."""
    rows = SignInTry.objects.filter(at__lt=now - DAY), PlaceInLine.objects.filter(kept_until__lt=now)
    return sum(old.delete()[0] for old in rows)
