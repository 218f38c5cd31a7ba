"""Telling the demo's history: what happened last week happens while the clock stands there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def ago(text: str, now: datetime) -> datetime:
    """`now` less what a story says: "6m ago", "3h ago", "9d ago"."""
    amount, unit = int(text.split()[0][:-1]), text.split()[0][-1]
    return now - timedelta(**{UNITS[unit]: amount})


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Inside the block Django's clock stands at `moment`. For one process that tells one story at a time."""
    with patch("django.utils.timezone.now", return_value=moment):
        yield moment
