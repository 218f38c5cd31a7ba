"""The only things a mail may say beyond its fixed words.

A mail travels unencrypted, through other people's servers, into mailboxes that others read. So nothing typed by a
person and nothing from a record goes into one: each fact below has a form that leaves no room for it.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.staff.models import Location


class NotSafe(Exception):
    """A message was about to say something its kind has not declared, or not in the form it must have."""


def _address(value: Any) -> str | None:
    """A page of this product: the words of its route and at most a secret; no id of a patient's record, no query."""
    words, link, password = r"([a-z-]{1,20}/)*", r"[A-Za-z0-9_-]{43}/", r"[0-9a-z]{1,13}-[0-9a-z]{6,8}-[0-9a-f]{32,64}/"
    right = rf"{re.escape(settings.SITE_URL)}/{words}({link}|{password})?"
    return value if re.fullmatch(right, value) else None


def _local(value: Any) -> datetime | None:
    """Read what `moment` wrote, by the clock of its place; else None."""
    found = isinstance(value, str) and re.fullmatch(r"([0-9T:.+-]{19,32})\[([A-Za-z_/+-]{1,40})\]", value)
    return datetime.fromisoformat(found[1]).astimezone(ZoneInfo(found[2])) if found else None


def _clock(local: datetime) -> str:
    """Say the time with its zone, also in the hour that comes twice.

    There it matters most, and Django leaves it out.
    """
    return f"{formats.date_format(local, 'CLOCK_FORMAT')} {local.tzname()}"


def _moment(value: Any) -> str | None:
    """`2027-03-02T10:30:00-05:00[America/New_York]` as words of the message's language, with the zone."""
    local = _local(value)
    if local is None:
        return None
    day, clock = formats.date_format(local, "FULL_DAY_FORMAT"), _clock(local)
    return _("%(day)s at %(clock)s") % {"day": day, "clock": clock}


def _time(value: Any) -> str | None:
    """Say a moment as shortly as a subject wants it.

    "2:15 AM EST", on another day "Monday, 2:15 AM EST".
    """
    local = _local(value)
    if local is None:
        return None
    clock = _clock(local)
    if local.date() == timezone.now().astimezone(local.tzinfo).date():
        return clock
    return _("%(day)s, %(clock)s") % {"day": formats.date_format(local, "l"), "clock": clock}


# The number of a referral: two letters and six digits, drawn. No name and no birth date fits in.
REFERENCE = re.compile(r"[CFHJKLMRWXY]{2}-[0-9]{6}")


def _reference(value: Any) -> str | None:
    return value if isinstance(value, str) and REFERENCE.fullmatch(value) else None


def _number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 1000 else None


TIERS = {
    "emergency": gettext_lazy("Emergency"),
    "urgent": gettext_lazy("Urgent"),
    "soon": gettext_lazy("Soon"),
    "routine": gettext_lazy("Routine"),
}
ANSWERS = frozenset({"accepted", "declined", "question", "scheduled", "times", "seen", "no_show"})  # of an office
MOST_WAITING = 20


def _tier(value: Any) -> str | None:
    return TIERS.get(value)


def _answer(value: Any) -> str | None:
    return value if value in ANSWERS else None


def _moment_if_any(value: Any) -> str | None:
    """Say a moment; nothing for "", where none is promised."""
    return "" if value == "" else _moment(value)


def _waiting(value: Any) -> str | None:
    """Say of each case its tier, place, time and number; nothing else fits in."""
    if not isinstance(value, list) or len(value) > MOST_WAITING:
        return None
    said = [_one_waiting(one) for one in value]
    return None if None in said else "\n".join(f"- {one}" for one in said)


def _one_waiting(one: dict[str, Any]) -> str | None:
    if set(one) != {"tier", "place", "by", "round", "second"} or one["tier"] not in TIERS:
        return None
    place = Location.objects.filter(pk=one["place"]).values_list("name", flat=True).first()
    words = {"tier": TIERS[one["tier"]], "place": place, "by": _moment(one["by"]), "round": _number(one["round"])}
    if None in words.values():
        return None
    if one["second"]:
        return _("%(tier)s, %(place)s: a second person looks by %(by)s. Notice %(round)s.") % words
    return _("%(tier)s, %(place)s: somebody takes it by %(by)s. Notice %(round)s.") % words


OF_THE_HOUSE: dict[str, Callable[[Any], str]] = {
    "clinic": lambda message: settings.ORGANIZATION,
    "location": lambda message: message.location.name,
    "phone": lambda message: message.location.phone,
}
FORMS: dict[str, Callable[[Any], Any]] = {
    "link": _address,
    "starts_at": _moment,
    "ends_at": _moment,
    "happened_at": _moment,
    "answer_by": _moment_if_any,
    "urgency": _tier,
    "by": _time,
    "waiting": _waiting,
    "round": _number,
    "times": _number,
    "networks": _number,
    "cases": _number,
    "more": _number,
    "worklist": _address,
    "late": _number,
    "handed": _number,
    "tasks": _number,
    "referrals": _number,
    "reports": _number,
    "answers": _number,
    "covered": _number,
    "answer": _answer,
    "reference": _reference,
}
FACTS = {*OF_THE_HOUSE, *FORMS}
COUNTED = [name for name, form in FORMS.items() if form is _number]


def moment(at: datetime, zone: str) -> str:
    """A moment as a fact: `at` as the wall clock of `zone` shows it."""
    return f"{at.astimezone(ZoneInfo(zone)).isoformat(timespec='seconds')}[{zone}]"


def in_words(message: Any, facts: dict[str, Any], declared: frozenset[str]) -> dict[str, Any]:
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
