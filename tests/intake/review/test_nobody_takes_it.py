"""A case that nobody takes is raised for as long as nobody takes it: over a weekend, and when the clocks change."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.staff.models import Role
from intake.models import CaseEvent, Urgency
from intake.review import schedule
from intake.review.actions import acknowledge, hand_back
from intake.review.forgotten import raise_again
from tests import factories
from tests.answers import FOOT_DROP, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_cases import answered, opened

pytestmark = [pytest.mark.django_db, pytest.mark.nobody_treats]

NEW_YORK = "America/New_York"
WEEKENDS = {  # the Friday before: an ordinary one, and both changes of the clocks
    "no change": "2027-02-26",
    "an hour less": "2027-03-12",
    "an hour more": "2027-11-05",
}
PLACES = [(NEW_YORK, "no change")] + [
    (zone, change)
    for zone in (NEW_YORK, "America/Denver", "America/Los_Angeles")
    for change in ("an hour less", "an hour more")
]
FIRST_HOUR = (0, 5, 15, 30, 60)


def clinic_in(zone, name="Riverside"):
    """A clinic open Monday to Friday, 8 to 6, with a therapist and a manager."""
    place = factories.location(name, time_zone=zone)
    return place, factories.staff("Maya Ortiz", at=[place]), factories.staff("Ruth Calloway", Role.MANAGER, at=[place])


def at_six(friday, zone) -> datetime:
    return datetime.fromisoformat(f"{friday}T18:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def monday_at(friday, zone, clock) -> datetime:
    day = datetime.fromisoformat(friday) + timedelta(days=3)
    return datetime.fromisoformat(f"{day:%Y-%m-%d}T{clock}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def the_clock_runs(begin, end, post_office, *, each=timedelta(hours=1)) -> dict[str, list[datetime]]:
    """Do what the worker's clock does from `begin` to `end`; the moments each person was mailed, by address."""
    told = defaultdict(list)
    steps = {begin + timedelta(minutes=minutes) for minutes in FIRST_HOUR}
    while begin <= end:
        steps.add(begin)
        begin += each
    for now in sorted(steps):
        before = len(post_office.envelopes)
        with time_machine.travel(now, tick=False):
            raise_again(now)
            sweep(now)
        for [address] in post_office.envelopes[before:]:
            told[address].append(now)
    return told


def in_minutes(moments, since) -> list[int]:
    return [round((moment - since).total_seconds() / 60) for moment in moments]


# An emergency ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "weekend"), PLACES)
def test_an_emergency_left_from_friday_six_is_raised_each_hour_until_monday(zone, weekend, post_office):
    place, maya, ruth = clinic_in(zone)
    friday, doors_open = at_six(WEEKENDS[weekend], zone), monday_at(WEEKENDS[weekend], zone, "08:00")
    opened(place, SADDLE_NUMBNESS, now=friday)
    told = the_clock_runs(friday, doors_open, post_office)
    hours = int((doors_open - friday).total_seconds()) // 3600
    assert hours == {"no change": 62, "an hour less": 61, "an hour more": 63}[weekend]
    expected = [*FIRST_HOUR, *range(120, hours * 60 + 1, 60)]
    assert in_minutes(told[maya.email], friday) == expected, "the therapist: at once, and never over an hour apart"
    assert in_minutes(told[ruth.email], friday) == expected[1:], "the manager: from five minutes on"


def test_each_time_after_the_first_hour_is_on_the_timeline_and_says_how_often_it_was(location, maya, post_office):
    friday = at_six("2027-02-26", NEW_YORK)
    case = opened(location, SADDLE_NUMBNESS, now=friday)
    the_clock_runs(friday, friday + timedelta(hours=4), post_office)
    raised = case.events.filter(kind=CaseEvent.Kind.RAISED_AGAIN)
    assert in_minutes([event.at for event in raised], friday) == [120, 180, 240]
    assert "Notice 8." in post_office.mails[-1].get_content()


def test_it_stops_when_somebody_takes_it_and_begins_anew_when_it_is_handed_back(location, maya, post_office):
    friday = at_six("2027-02-26", NEW_YORK)
    case = opened(location, SADDLE_NUMBNESS, now=friday)
    the_clock_runs(friday, friday + timedelta(hours=3), post_office)
    acknowledge(case, by=maya, now=friday + timedelta(hours=3, minutes=5))
    taken = friday + timedelta(hours=3, minutes=15)
    assert the_clock_runs(taken, taken + timedelta(hours=5), post_office) == {}
    back = taken + timedelta(hours=6)
    hand_back(case, by=maya, now=back)
    told = the_clock_runs(back, back + timedelta(hours=3), post_office)
    assert in_minutes(told[maya.email], back) == [*FIRST_HOUR, 120, 180]


def test_a_case_that_gets_worse_is_not_left_until_the_day_it_was_meant_to_be_raised_before(location, maya, post_office):
    """Urgent on a Friday evening it waits for Monday; ten minutes later it is an emergency and waits for nobody."""
    friday = at_six("2027-02-26", NEW_YORK) + timedelta(hours=2)
    case = opened(location, TEMPLE_HEADACHE, now=friday)
    worse = friday + timedelta(minutes=10)
    answered(case.intake, TEMPLE_HEADACHE | SADDLE_NUMBNESS, now=worse)
    told = the_clock_runs(worse, worse + timedelta(hours=4), post_office)
    assert in_minutes(told[maya.email], worse) == [*FIRST_HOUR, 120, 180, 240]


def test_a_place_whose_hours_make_no_sense_silences_no_other(location, maya, post_office):
    """Nobody checks hours that were written into the table by hand."""
    friday = at_six("2027-02-26", NEW_YORK)
    broken = factories.location("Harbor")
    factories.staff("Daniel Brandt", at=[broken])
    opened(broken, SADDLE_NUMBNESS, now=friday - timedelta(minutes=1))
    opened(location, SADDLE_NUMBNESS, now=friday)
    the_clock_runs(friday, friday + timedelta(hours=1), post_office)
    type(broken).objects.filter(pk=broken.pk).update(hours={"monday": ["8", "18"]})
    told = the_clock_runs(friday + timedelta(hours=2), friday + timedelta(hours=3), post_office)
    assert len(told[maya.email]) == 2


def test_a_clock_that_stood_still_for_a_night_raises_once_and_goes_on(location, maya, post_office):
    friday = at_six("2027-02-26", NEW_YORK)
    opened(location, SADDLE_NUMBNESS, now=friday)
    the_clock_runs(friday, friday + timedelta(hours=1), post_office)
    morning = friday + timedelta(hours=12, minutes=20)
    told = the_clock_runs(morning, morning + timedelta(hours=2), post_office)
    assert in_minutes(told[maya.email], morning) == [0, 60, 120]


def test_while_the_mail_server_is_away_nothing_piles_up_and_then_it_goes_on(location, maya, post_office):
    friday = at_six("2027-02-26", NEW_YORK)
    opened(location, SADDLE_NUMBNESS, now=friday)
    the_clock_runs(friday, friday + timedelta(hours=1), post_office)
    post_office.close()
    quarter = timedelta(minutes=15)
    the_clock_runs(friday + timedelta(hours=2), friday + timedelta(hours=8), post_office, each=quarter)
    post_office.open()
    back = friday + timedelta(hours=8, minutes=5)
    told = the_clock_runs(back, back + timedelta(hours=2), post_office)
    assert len(told[maya.email]) in (2, 3), "what waited once, and each hour from then on"


def test_one_full_mailbox_does_not_delay_the_others(location, maya, daniel, post_office):
    friday = at_six("2027-02-26", NEW_YORK)
    opened(location, SADDLE_NUMBNESS, now=friday)
    post_office.put_off[maya.email] = 1000
    told = the_clock_runs(friday, friday + timedelta(hours=4), post_office, each=timedelta(minutes=15))
    assert in_minutes(told[daniel.email], friday) == [*FIRST_HOUR, 120, 180, 240]


# What is less ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "weekend"), PLACES[:3])
def test_an_urgent_case_past_its_time_goes_to_managers_too_each_open_day(zone, weekend, post_office):
    place, maya, ruth = clinic_in(zone)
    thursday = at_six(WEEKENDS[weekend], zone) - timedelta(days=1, hours=3)
    opened(place, TEMPLE_HEADACHE, now=thursday)
    told = the_clock_runs(thursday, monday_at(WEEKENDS[weekend], zone, "18:00") + timedelta(days=1), post_office)
    friday_opens = at_six(WEEKENDS[weekend], zone) - timedelta(hours=10)
    monday_opens = monday_at(WEEKENDS[weekend], zone, "08:00")
    in_the_first_hour = [thursday + timedelta(minutes=minutes) for minutes in FIRST_HOUR]
    later = [friday_opens, monday_opens, monday_opens + timedelta(days=1)]
    assert told[maya.email] == [*in_the_first_hour, *later]
    assert told[ruth.email] == [*in_the_first_hour[1:], *later]


def test_a_case_that_can_wait_is_raised_each_open_day_once_its_time_is_over(location, maya, ruth, post_office):
    monday = monday_at("2027-02-26", NEW_YORK, "09:00")
    opened(location, FOOT_DROP, now=monday)
    told = the_clock_runs(monday, monday + timedelta(days=4), post_office)
    assert in_minutes(told[ruth.email], monday) == [(24 + 9) * 60, (48 - 1) * 60, (72 - 1) * 60, (96 - 1) * 60]


def test_a_routine_case_is_listed_and_never_raised(location, maya, post_office):
    factories.case(at=location)
    assert raise_again() == 0
    assert not Message.objects.exists()


def test_a_case_that_was_never_announced_is_announced(location, maya, post_office):
    """However it came to be: a case to take that nobody was told of does not rest."""
    factories.case(at=location, answers=SADDLE_NUMBNESS)
    assert raise_again() == 1
    sweep()
    assert post_office.recipients == {maya.email: 1}


@pytest.mark.parametrize("urgency", Urgency)
def test_where_no_hours_were_ever_set_there_is_a_next_time_all_the_same(urgency):
    hours = factories.Location(hours={}, time_zone=NEW_YORK).opening_hours
    last = datetime(2027, 2, 26, 23, 0, tzinfo=UTC)
    assert last < schedule.raised_again_at(urgency, last, hours) <= last + timedelta(days=1)
