"""An emergency left from Friday six to Monday eight: what pages and mails say meanwhile, also when the clocks change.

Who is mailed at which hour is in `test_nobody_takes_it`.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.on_call.actions import take_over
from intake.watchdog.wrong import what_is_wrong
from tests.answers import SADDLE_NUMBNESS
from tests.intake.review.test_cases import opened
from tests.intake.review.test_nobody_takes_it import PLACES, WEEKENDS, at_six, clinic_in, monday_at

pytestmark = [pytest.mark.django_db, pytest.mark.nobody_treats]

SPRING, AUTUMN = "2027-03-14T01:50", "2027-11-07T01:50"  # ten minutes before the clocks change
NIGHTS = [
    ("America/New_York", SPRING, "3:05 AM EDT"),
    ("America/New_York", AUTUMN, "1:05 AM EST"),
    ("America/Denver", SPRING, "3:05 AM MDT"),
    ("America/Denver", AUTUMN, "1:05 AM MST"),
    ("America/Los_Angeles", SPRING, "3:05 AM PDT"),
    ("America/Los_Angeles", AUTUMN, "1:05 AM PST"),
]


@pytest.mark.parametrize(("zone", "weekend"), PLACES)
def test_every_staff_page_says_so_from_a_quarter_past_six_until_somebody_comes(zone, weekend):
    place, _maya, _ruth = clinic_in(zone)
    friday, doors_open = at_six(WEEKENDS[weekend], zone), monday_at(WEEKENDS[weekend], zone, "08:00")
    opened(place, SADDLE_NUMBNESS, now=friday)
    due = friday + timedelta(minutes=15)
    assert said_of_cases(due) == []
    at = due + timedelta(minutes=1)
    while at <= doors_open + timedelta(hours=6):
        assert said_of_cases(at) == [("emergency", 1, due)]
        at += timedelta(hours=1)


def said_of_cases(at) -> list[tuple]:
    return [(fact.tier, fact.count, fact.since) for fact in what_is_wrong(at) if fact.part == "cases"]


@pytest.mark.parametrize("earlier", [0, 4], ids=["at six", "while the doors are open"])
@pytest.mark.parametrize(("zone", "weekend"), PLACES)
def test_whoever_takes_over_on_friday_is_on_call_until_the_doors_open_on_monday(zone, weekend, earlier):
    place, _maya, ruth = clinic_in(zone)
    friday = at_six(WEEKENDS[weekend], zone) - timedelta(hours=earlier)
    shift = take_over(place, by=ruth, now=friday)
    assert shift.ends_at == monday_at(WEEKENDS[weekend], zone, "08:00")


@pytest.mark.parametrize(
    ("closed_on", "until"),
    [
        ([], "2026-12-24T08:00"),  # a Thursday
        (["2026-12-24", "2026-12-25"], "2026-12-28T08:00"),
        ([f"2026-12-{day}" for day in range(24, 32)], "2026-12-30T14:00"),  # a week, and then somebody else
    ],
)
def test_whoever_takes_over_before_holidays_is_on_call_until_the_doors_open_a_week_at_most(closed_on, until):
    place, _maya, ruth = clinic_in("America/New_York")
    place.hours = place.hours | {"closed_on": closed_on}
    place.save()
    shift = take_over(place, by=ruth, now=in_new_york("2026-12-23T14:00"))
    assert shift.ends_at == in_new_york(until)


def in_new_york(clock) -> datetime:
    return datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(("zone", "night", "by"), NIGHTS)
def test_a_mail_in_the_night_the_clocks_change_says_the_time_the_clock_on_the_wall_will_show(zone, night, by):
    place, _maya, _ruth = clinic_in(zone)
    now = datetime.fromisoformat(night).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    case = opened(place, SADDLE_NUMBNESS, now=now)
    first = Message.objects.about("case", case.public_id).earliest("due_at")
    with time_machine.travel(now, tick=False):
        subject, _body = KINDS["case_needs_you"].render(first)
    assert subject == f"Riverside: a case needs you by {by}"
