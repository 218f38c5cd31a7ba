"""Two calendars that share no line of code read the same instant from the file of an appointment."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from clinic.messages.calendar_file import Entry, calendar_file
from tests.plain_calendar import PlainCalendar

CALL = "(207) 555-0142"
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",  # no summer time
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
TWO_YEARS = [(datetime(2027, 1, 1) + timedelta(days=day)).date() for day in range(731)]
HOURS = (8, 17)


@pytest.mark.parametrize("zone", ZONES)
def test_on_each_day_of_two_years_it_is_the_same_instant_for_both(zone):
    """Also on the days on which the clocks go forward or back, and on those after them."""
    uid, plain, wrong = uuid4(), PlainCalendar(), []
    number = 0
    for day in TWO_YEARS:
        for hour in HOURS:
            number += 1
            starts_at = datetime(day.year, day.month, day.day, hour, 30, tzinfo=ZoneInfo(zone))
            file = calendar_file(Entry(uid, number, starts_at, street="118 Mill Street, Ashport, ME 04609"), call=CALL)
            plain.takes(file)
            [event] = Calendar.from_ical(file).walk("VEVENT")
            [read] = plain.events.values()
            instant = starts_at.astimezone(UTC)
            if (event.start, event.end) != read or read[0] != instant:
                wrong.append((starts_at, event.start, read))
    assert wrong == []


# The plain one is seen to be right, and an hour off where Outlook is --------------------------------------------------


def described(*summer: str) -> bytes:
    """Return a file whose time stands in a described zone; `summer` says when its summers begin."""
    lines = [
        "BEGIN:VCALENDAR", "METHOD:PUBLISH", "BEGIN:VTIMEZONE", "TZID:East",
        "BEGIN:STANDARD", "DTSTART:20071104T020000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "END:STANDARD",
        "BEGIN:DAYLIGHT", "DTSTART:20070311T020000", *summer,
        "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "END:DAYLIGHT", "END:VTIMEZONE",
        "BEGIN:VEVENT", "UID:one", "SEQUENCE:0", "DTSTART;TZID=East:20270701T093000",
        "DTEND;TZID=East:20270701T100000", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    ("summer", "hour"),
    [("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", 13), ("RDATE:20270314T020000", 14)],
    ids=["by a rule", "by dates, which Outlook passes over"],
)
def test_the_plain_calendar_knows_of_a_zone_what_outlook_knows(summer, hour):
    plain = PlainCalendar()
    plain.takes(described(summer))
    assert plain.events["one"][0] == datetime(2027, 7, 1, hour, 30, tzinfo=UTC)
