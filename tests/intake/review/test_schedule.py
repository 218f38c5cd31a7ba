"""Clocks of a case, as a clinician would check them: local wall time in, local wall time out."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.staff.hours import OpeningHours
from intake.models import Urgency
from intake.review import schedule

EASTERN = ZoneInfo("America/New_York")
EIGHT_TO_SIX = OpeningHours((((time(8), time(18)),) * 5) + (None, None), EASTERN)
DAY_AND_NIGHT = OpeningHours(((time(0), time(23, 59)),) * 7, EASTERN)
NEVER_SET = OpeningHours((None,) * 7, EASTERN)
THANKSGIVING_WEEK = OpeningHours(EIGHT_TO_SIX.days, EASTERN, frozenset({datetime(2026, 11, 26).date()}))


def at(text: str) -> datetime:
    """ "2026-03-02 09:00" on the clock of the location."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


def local(moment: datetime) -> str:
    assert moment.tzinfo is UTC
    return f"{moment.astimezone(EASTERN):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("tier", "opened", "acknowledged", "decided"),
    [
        # An emergency runs day and night: 15 minutes to the call, whoever is on call.
        (Urgency.EMERGENCY, "2026-03-02 09:00", "2026-03-02 09:15", "2026-03-02 09:15"),
        (Urgency.EMERGENCY, "2026-03-01 03:00", "2026-03-01 03:15", "2026-03-01 03:15"),
        # Urgent: seen within the hour, contact within four open hours.
        (Urgency.URGENT, "2026-03-02 09:00", "2026-03-02 10:00", "2026-03-02 13:00"),
        # ... and never later than the same day.
        (Urgency.URGENT, "2026-03-02 15:30", "2026-03-02 16:30", "2026-03-02 18:00"),
        (Urgency.URGENT, "2026-03-02 17:30", "2026-03-02 18:00", "2026-03-02 18:00"),
        # Sent at night, called at opening: the first open hour of the next open day.
        (Urgency.URGENT, "2026-03-02 19:00", "2026-03-03 09:00", "2026-03-03 09:00"),
        (Urgency.URGENT, "2026-02-27 18:00", "2026-03-02 09:00", "2026-03-02 09:00"),
        # Soon: by the end of the next working day; within seven days, to the hour.
        (Urgency.SOON, "2026-03-02 09:00", "2026-03-03 18:00", "2026-03-09 09:00"),
        (Urgency.SOON, "2026-02-27 09:00", "2026-03-02 18:00", "2026-03-06 09:00"),
        # Routine: two working days.
        (Urgency.ROUTINE, "2026-02-26 09:00", "2026-03-02 18:00", "2026-03-02 18:00"),
    ],
)
def test_each_tier_has_its_clocks(tier, opened, acknowledged, decided):
    assert local(schedule.acknowledge_by(tier, at(opened), EIGHT_TO_SIX)) == acknowledged
    assert local(schedule.decide_by(tier, at(opened), EIGHT_TO_SIX)) == decided


@pytest.mark.parametrize(
    ("tier", "opened", "acknowledged", "decided"),
    [
        # 2026-03-08, 02:00 becomes 03:00: 15 minutes stay 15 minutes, 4 hours stay 4 hours.
        (Urgency.EMERGENCY, "2026-03-08 01:50", "2026-03-08 03:05", "2026-03-08 03:05"),
        (Urgency.URGENT, "2026-03-08 00:30", "2026-03-08 01:30", "2026-03-08 05:30"),
        # 2026-11-01, 02:00 becomes 01:00 again: the night has one hour more, the patient does not wait for it.
        (Urgency.EMERGENCY, "2026-11-01 01:50", "2026-11-01 01:05", "2026-11-01 01:05"),
        (Urgency.URGENT, "2026-11-01 00:30", "2026-11-01 01:30", "2026-11-01 03:30"),
    ],
)
def test_an_hour_is_an_hour_on_the_day_the_clocks_change(tier, opened, acknowledged, decided):
    assert local(schedule.acknowledge_by(tier, at(opened), DAY_AND_NIGHT)) == acknowledged
    assert local(schedule.decide_by(tier, at(opened), DAY_AND_NIGHT)) == decided


@pytest.mark.parametrize(
    ("opened", "decided"),
    [("2026-03-04 10:00", "2026-03-11 10:00"), ("2026-10-28 10:00", "2026-11-04 10:00")],
)
def test_seven_days_end_at_the_same_time_of_day_across_a_clock_change(opened, decided):
    assert local(schedule.decide_by(Urgency.SOON, at(opened), EIGHT_TO_SIX)) == decided


def test_opening_hours_follow_the_wall_clock_when_it_changes():
    """Sent on the Saturday before the change: Monday's doors open at 8 on Monday's clock."""
    assert local(schedule.decide_by(Urgency.URGENT, at("2026-03-07 12:00"), EIGHT_TO_SIX)) == "2026-03-09 09:00"
    assert local(schedule.decide_by(Urgency.URGENT, at("2026-10-31 12:00"), EIGHT_TO_SIX)) == "2026-11-02 09:00"


def test_a_holiday_is_not_a_working_day():
    assert local(schedule.acknowledge_by(Urgency.SOON, at("2026-11-25 09:00"), THANKSGIVING_WEEK)) == "2026-11-27 18:00"


@pytest.mark.parametrize("tier", Urgency)
def test_a_location_without_hours_never_has_a_clock_that_is_over_when_it_starts(tier):
    """Hours that nobody entered count as always open; a case must not be born overdue."""
    opened = at("2026-03-02 09:00")
    assert schedule.acknowledge_by(tier, opened, NEVER_SET) >= opened + timedelta(minutes=15)
    assert schedule.decide_by(tier, opened, NEVER_SET) >= opened + timedelta(minutes=15)


def test_a_form_left_before_screening_is_called_within_one_working_day():
    opened = at("2026-02-26 09:00")
    assert local(schedule.acknowledge_by(Urgency.ROUTINE, opened, EIGHT_TO_SIX, screened=False)) == "2026-02-27 18:00"
    assert local(schedule.decide_by(Urgency.ROUTINE, opened, EIGHT_TO_SIX, screened=False)) == "2026-02-27 18:00"


def test_attempts_count_towards_the_emergency_clock():
    """A call that reached nobody is tried again within 15 minutes; one that did leaves an hour to decide."""
    due = at("2026-03-02 09:15")
    tried = at("2026-03-02 09:10")
    assert local(schedule.after_contact(Urgency.EMERGENCY, due, tried, reached=False)) == "2026-03-02 09:25"
    assert local(schedule.after_contact(Urgency.EMERGENCY, due, tried, reached=True)) == "2026-03-02 10:10"
    assert schedule.after_contact(Urgency.URGENT, due, tried, reached=True) == due


def times(tier, opened, hours=EIGHT_TO_SIX) -> list[str]:
    return [local(moment) for moment in schedule.raise_times(tier, at(opened), hours)]


def test_an_emergency_nobody_took_is_raised_again_day_and_night():
    assert times(Urgency.EMERGENCY, "2026-03-01 03:00") == [
        "2026-03-01 03:00",
        "2026-03-01 03:05",
        "2026-03-01 03:15",
        "2026-03-01 03:30",
        "2026-03-01 04:00",
    ]


def test_an_urgent_case_is_raised_in_open_hours():
    assert times(Urgency.URGENT, "2026-03-02 17:50") == [
        "2026-03-02 17:50",
        "2026-03-02 17:55",
        "2026-03-03 08:05",
        "2026-03-03 08:20",
        "2026-03-03 08:50",
    ]


def test_a_soon_case_is_announced_at_opening_and_when_its_clock_runs_out():
    assert times(Urgency.SOON, "2026-03-01 12:00") == ["2026-03-02 08:00", "2026-03-02 18:00"]


def test_routine_cases_are_not_announced():
    assert times(Urgency.ROUTINE, "2026-03-02 09:00") == []
