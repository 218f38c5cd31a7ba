"""A calendar that knows less than any: of a described time zone only the five properties that Outlook reads.

It is written from the standard and from nothing the product uses, so that the two agree only where a file is right.
"""

import re
from datetime import UTC, datetime, timedelta

FOLD = re.compile(r"\r\n[ \t]")
OF_A_ZONE = {"TZID", "DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO"}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class PlainCalendar:
    """Takes files as they come in mails, and keeps one event for each UID.

    Of two files it believes the one with the higher SEQUENCE; METHOD:CANCEL takes the event out.
    """

    def __init__(self):
        self.events: dict[str, tuple[datetime, datetime]] = {}
        self._numbers: dict[str, int] = {}

    def takes(self, content: bytes) -> None:
        said, zones = _read(content)
        number, uid = int(said["SEQUENCE"][1]), said["UID"][1]
        if number < self._numbers.get(uid, -1):
            return
        self._numbers[uid] = number
        if said["METHOD"][1] == "CANCEL":
            self.events.pop(uid, None)
        else:
            self.events[uid] = (_instant(*said["DTSTART"], zones), _instant(*said["DTEND"], zones))


def _read(content: bytes):
    """Return the properties of the file and its event as (parameters, value), and the rules of each zone by its name.

    Lines are at most 75 bytes long, and end as the standard says.
    """
    text = content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    said: dict[str, tuple[str, str]] = {}
    zones: dict[str, list[dict[str, str]]] = {}
    part, zone = [], ""
    for line in FOLD.sub("", text).strip().split("\r\n"):
        head, _colon, value = line.partition(":")
        name, _semicolon, more = head.partition(";")
        if name == "BEGIN":
            part.append(value)
            if value in ("STANDARD", "DAYLIGHT"):
                zones[zone].append({})
        elif name == "END":
            assert part.pop() == value
        elif "VTIMEZONE" in part:
            if name == "TZID":
                zone = value
                zones[zone] = []
            elif name in OF_A_ZONE and len(part) == 3:
                zones[zone][-1][name] = value
        else:
            said[name] = (more, value)
    return said, zones


def _instant(more: str, value: str, zones) -> datetime:
    at = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")
    if value.endswith("Z"):
        return at.replace(tzinfo=UTC)
    [name] = re.findall(r"TZID=([^;]+)", more)  # a time without a zone is nobody's
    began = [(_last_change(rule, at), rule) for rule in zones[name]]
    _since, rule = max((since, rule["TZOFFSETTO"]) for since, rule in began if since)
    return (at - _offset(rule)).replace(tzinfo=UTC)


def _offset(written: str) -> timedelta:
    size = timedelta(hours=int(written[1:3]), minutes=int(written[3:5]))
    return -size if written[0] == "-" else size


def _last_change(rule: dict[str, str], at: datetime) -> datetime | None:
    """Return when this rule began to hold last before `at`; without RRULE that was once."""
    first = datetime.strptime(rule["DTSTART"], "%Y%m%dT%H%M%S")
    days = [first]
    if "RRULE" in rule:
        parts = dict(part.split("=") for part in rule["RRULE"].split(";"))
        assert parts["FREQ"] == "YEARLY"
        days = [_nth(year, int(parts["BYMONTH"]), parts["BYDAY"], first) for year in range(first.year, at.year + 1)]
    return max((day for day in days if first <= day <= at), default=None)


def _nth(year: int, month: int, which: str, first: datetime) -> datetime:
    """Return "the second Sunday" (2SU) of a month, at the hour of the first time."""
    number, weekday = int(which[:-2]), WEEKDAYS.index(which[-2:])
    day = first.replace(year=year, month=month, day=1)
    day += timedelta(days=(weekday - day.weekday()) % 7 + 7 * (number - 1))
    return day
