"""When a case is due. Pure functions of tier, moment and opening hours: no clock and no database of their own.

The times are those of the protocol's urgency tiers. Every moment given and returned is aware; results are in UTC.

| tier | acknowledged | decided | counted |
|---|---|---|---|
| emergency | 15 minutes (the call to the patient) | 15 minutes; after each call see `after_contact` | day and night |
| urgent | 1 hour | 4 hours, and before the doors close that day | in open hours; after hours: the first open hour |
| soon | 1 working day | 7 days | |
| routine | 2 working days | 2 working days | |
| any tier, not screened: form left, or worse and not finished | at most 1 working day | at most 1 working day | |
| any tier, with a danger sign no rule used | at most 1 working day | at most 1 working day | |
"""

from datetime import UTC, date, datetime, time, timedelta

from clinic.staff.hours import OpeningHours
from intake.models.decision_in_sql import FARTHEST
from intake.models.urgency import Urgency

EMERGENCY_CALL = timedelta(minutes=15)
EMERGENCY_DECISION = timedelta(hours=1)  # after the patient was reached
URGENT_SEEN = timedelta(hours=1)
URGENT_CONTACT = timedelta(hours=4)
SOON_DECISION = timedelta(days=7)
VISIT_WITHIN = {Urgency.EMERGENCY: 1, Urgency.URGENT: 1, Urgency.SOON: 5, Urgency.ROUTINE: 10}  # working days
LATE_TASK_RESTS = {  # working days that a visit to book, a call or a letter is late before a therapist has the case
    Urgency.EMERGENCY: 0,
    Urgency.URGENT: 0,
    Urgency.SOON: 1,  # its day was the last of the week that the patient was promised
    Urgency.ROUTINE: 5,  # the desk catches up in a week, or says why not
}
RAISED_AFTER = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 15, 30, 60))
RAISED_EVERY = timedelta(hours=1)  # after the last of these, in an emergency


def acknowledge_by(urgency: Urgency, opened_at: datetime, hours: OpeningHours, *, screened: bool = True) -> datetime:
    """The moment by which somebody must have put their name to the case; it is raised again until then."""
    opened_at = opened_at.astimezone(UTC)
    if urgency == Urgency.EMERGENCY:
        return opened_at + EMERGENCY_CALL
    if urgency == Urgency.URGENT:
        return _open_time_that_day(opened_at, URGENT_SEEN, hours)
    if urgency == Urgency.SOON or not screened:
        return hours.after_working_days(opened_at, 1).astimezone(UTC)
    return hours.after_working_days(opened_at, 2).astimezone(UTC)


def decide_by(urgency: Urgency, opened_at: datetime, hours: OpeningHours, *, screened: bool = True) -> datetime:
    """The moment by which the patient was called (emergency, urgent) or the case reviewed (soon, routine)."""
    opened_at = opened_at.astimezone(UTC)
    if urgency == Urgency.EMERGENCY:
        return opened_at + EMERGENCY_CALL
    if urgency == Urgency.URGENT:
        amount = URGENT_CONTACT if hours.is_open(opened_at) else URGENT_SEEN  # after hours: called at opening
        return _open_time_that_day(opened_at, amount, hours)
    due = hours.after_working_days(opened_at, 2)
    if urgency == Urgency.SOON:
        due = opened_at.astimezone(hours.zone) + SOON_DECISION  # the same time of day, also across a clock change
    if not screened:
        due = min(due, hours.after_working_days(opened_at, 1))
    return due.astimezone(UTC)


def after_contact(urgency: Urgency, decide_by: datetime, at: datetime, *, reached: bool) -> datetime:
    """The decision's clock after a call at `at`: attempts count.

    In an emergency a call that reached somebody leaves an hour to decide; one that did not is tried again within
    15 minutes. Other tiers keep the clock they have.
    """
    if urgency != Urgency.EMERGENCY:
        return decide_by
    return max(decide_by, at.astimezone(UTC) + (EMERGENCY_DECISION if reached else EMERGENCY_CALL))


def visit_by(urgency: Urgency, at: datetime, hours: OpeningHours) -> date:
    """Return the day by which a patient treated here is seen.

    A therapist may say another. It is never farther than a therapist could say: where the doors open too seldom,
    another location has a visit.
    """
    day = hours.after_working_days(at, VISIT_WITHIN[urgency]).astimezone(hours.zone).date()
    return min(day, farthest(urgency, at, hours))


def farthest(urgency: Urgency, at: datetime, hours: OpeningHours) -> date:
    """Return the last day that a decision made at `at` may name."""
    return at.astimezone(hours.zone).date() + timedelta(days=FARTHEST[urgency])


def late_task_rests_until(urgency: Urgency, due_on: date, hours: OpeningHours) -> date:
    """Return the last day on which what is late is the desk's alone."""
    days = LATE_TASK_RESTS[urgency]
    if not days:
        return due_on
    noon = datetime.combine(due_on, time(12), hours.zone)
    return hours.after_working_days(noon, days).astimezone(hours.zone).date()


def next_try(urgency: Urgency, at: datetime, hours: OpeningHours) -> datetime:
    """Return when a patient who was not reached is tried again.

    In an emergency in 15 minutes, in an urgent case within the hour and before the doors close, else on the next open
    day.
    """
    if urgency == Urgency.EMERGENCY:
        return at.astimezone(UTC) + EMERGENCY_CALL
    if urgency == Urgency.URGENT:
        return _open_time_that_day(at, URGENT_SEEN, hours)
    return hours.opening_on_a_later_day(at).astimezone(UTC)


def raise_times(urgency: Urgency, opened_at: datetime, hours: OpeningHours) -> list[datetime]:
    """The first times staff are told of a case that nobody has acknowledged yet; routine cases are not announced.

    What follows them is `raised_again_at`, for as long as nobody comes.

    An emergency is announced at once and again after 5, 15, 30 and 60 minutes, day and night. An urgent case follows
    the same steps in open hours. A soon case is announced at opening and once more when its clock runs out.
    """
    opened_at = opened_at.astimezone(UTC)
    if urgency == Urgency.EMERGENCY:
        return [opened_at + after for after in RAISED_AFTER]
    if urgency == Urgency.URGENT:
        return [hours.after_open_time(opened_at, after).astimezone(UTC) for after in RAISED_AFTER]
    if urgency == Urgency.SOON:
        return [hours.next_opening(opened_at).astimezone(UTC), acknowledge_by(urgency, opened_at, hours)]
    return []


def raised_again_at(urgency: Urgency, last: datetime, hours: OpeningHours) -> datetime:
    """The moment a case that nobody has taken is raised once more after `last`; there is always a next one.

    An emergency an hour later, day and night; any other when the doors open on the next open day.
    """
    if urgency == Urgency.EMERGENCY:
        return last.astimezone(UTC) + RAISED_EVERY
    return hours.opening_on_a_later_day(last).astimezone(UTC)


def _open_time_that_day(start: datetime, amount: timedelta, hours: OpeningHours) -> datetime:
    """`amount` of open time after `start`, but not past the closing time of that (or the next open) day."""
    due, closes = hours.after_open_time(start, amount), hours.closing_of_the_day(start)
    return (min(due, closes) if closes > start else due).astimezone(UTC)  # hours never open are hours always open
