"""The only things a mail may say beyond its fixed words.

A mail travels unencrypted, through other people's servers, into mailboxes that others read. So nothing typed by a
person and nothing from a record goes into one: each fact below has a form that leaves no room for it.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _


class NotSafe(Exception):
    """A message was about to say something its kind has not declared, or not in the form it must have."""


def _address(value):
    """A page of this product: the words of its route and at most a secret; no id of a patient's record, no query."""
    words, link, password = r"([a-z-]{1,20}/)*", r"[A-Za-z0-9_-]{43}/", r"[0-9a-z]{1,13}-[0-9a-z]{6,8}-[0-9a-f]{32,64}/"
    right = rf"{re.escape(settings.SITE_URL)}/{words}({link}|{password})?"
    return value if re.fullmatch(right, value) else None


def _moment(value):
    """`2027-03-02T10:30:00-05:00[America/New_York]` as words of the message's language, with the zone."""
    found = re.fullmatch(r"([0-9T:.+-]{19,32})\[([A-Za-z_/+-]{1,40})\]", value)
    if not found:
        return None
    local = datetime.fromisoformat(found[1]).astimezone(ZoneInfo(found[2]))
    day, clock = formats.date_format(local, "FULL_DAY_FORMAT"), formats.date_format(local, "ZONED_CLOCK_FORMAT")
    return _("%(day)s at %(clock)s") % {"day": day, "clock": clock}


def _number(value):
    return value if type(value) is int and 0 <= value < 1000 else None


OF_THE_HOUSE = {
    "clinic": lambda message: settings.ORGANIZATION,
    "location": lambda message: message.location.name,
    "phone": lambda message: message.location.phone,
}
FORMS = {
    "link": _address,
    "starts_at": _moment,
    "happened_at": _moment,
    "round": _number,
    "times": _number,
    "networks": _number,
}
FACTS = {*OF_THE_HOUSE, *FORMS}


def moment(at: datetime, zone: str) -> str:
    """A moment as a fact: `at` as the wall clock of `zone` shows it."""
    return f"{at.astimezone(ZoneInfo(zone)).isoformat(timespec='seconds')}[{zone}]"


def in_words(message, facts: dict, declared) -> dict:
    """What a template may use: declared facts of the house, and `facts`. Raises NotSafe for any that is undeclared,
    unknown or not in its form.
    """
    words = {name: OF_THE_HOUSE[name](message) for name in declared if name in OF_THE_HOUSE}
    for name, value in facts.items():
        if name not in declared or name not in FORMS:
            raise NotSafe(f"{message.kind} has not declared {name} as safe.")
        words[name] = FORMS[name](value)
        if words[name] is None:
            raise NotSafe(f"{name} of {message.kind} is not in the form a mail may hold.")
    return words
